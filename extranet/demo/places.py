"""Where the public is received: invented counters in real towns. By network and territory (in the order of the region's
file), how many places exist and how many are labelled; their sums are the figures of the 2013 guide, 260 out of 384."""

EXISTING = {
    "cio": (2, 1, 2, 1, 1, 1, 2, 2, 1, 2, 4, 1, 2, 1, 2),
    "eif": (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 1, 1),
    "fongecif": (1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1),
    "mission-locale": (12, 8, 12, 10, 10, 10, 12, 12, 10, 12, 14, 12, 12, 10, 14),
    "pij": (6, 4, 6, 5, 5, 4, 6, 7, 5, 6, 8, 5, 6, 4, 6),
    "pole-emploi": (5, 2, 5, 4, 4, 3, 5, 5, 3, 5, 7, 4, 6, 3, 5),
    "universite": (2, 0, 1, 1, 1, 1, 1, 2, 0, 1, 4, 1, 1, 1, 2),
}
LABELLED = EXISTING | {
    "mission-locale": (9, 6, 9, 7, 7, 7, 9, 9, 7, 9, 10, 9, 9, 7, 10),
    "pij": (4, 2, 4, 3, 3, 3, 4, 4, 3, 4, 6, 3, 4, 2, 4),
    "pole-emploi": (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 1, 2),
}

STRUCTURE = {
    "cio": "CIO",
    "eif": "Espace Info Formation",
    "fongecif": "Fongecif, antenne",
    "mission-locale": "Mission locale",
    "pij": "Réseau Information Jeunesse",
    "pole-emploi": "Pôle emploi",
    "universite": "Orientation et insertion, université",
}
"""How a network's structure is called, before the territory's name."""

SITE = {
    "cio": "CIO",
    "eif": "EIF",
    "fongecif": "Antenne Fongecif",
    "mission-locale": "Permanence de la mission locale",
    "pij": "PIJ",
    "pole-emploi": "Agence Pôle emploi",
    "universite": "Bureau d’aide à l’orientation",
}
"""How a network's place is called, before the town's name."""

TOWNS = {
    "artois-ternois": (
        "Arras", "Saint-Pol-sur-Ternoise", "Bapaume", "Achicourt", "Beaurains", "Dainville", "Avesnes-le-Comte",
        "Vitry-en-Artois", "Croisilles", "Frévent", "Marquion", "Saint-Laurent-Blangy",
    ),
    "berck-montreuil": (
        "Berck", "Montreuil-sur-Mer", "Étaples", "Hesdin", "Le Touquet-Paris-Plage", "Rang-du-Fliers", "Hucqueliers",
        "Fruges",
    ),
    "bethune-bruay": (
        "Béthune", "Bruay-la-Buissière", "Nœux-les-Mines", "Auchel", "Lillers", "Isbergues", "Beuvry", "Barlin",
        "Houdain", "Calonne-Ricouart", "Laventie", "Divion",
    ),
    "boulogne": (
        "Boulogne-sur-Mer", "Outreau", "Saint-Martin-Boulogne", "Le Portel", "Desvres", "Wimereux", "Samer", "Marquise",
        "Saint-Étienne-au-Mont", "Wimille",
    ),
    "calais": (
        "Calais", "Guînes", "Marck", "Coulogne", "Sangatte", "Ardres", "Audruicq", "Oye-Plage", "Licques", "Gravelines",
    ),
    "cambrai": (
        "Cambrai", "Caudry", "Le Cateau-Cambrésis", "Solesmes", "Iwuy", "Gouzeaucourt", "Masnières", "Avesnes-les-Aubert",
        "Clary", "Walincourt-Selvigny",
    ),
    "douai": (
        "Douai", "Sin-le-Noble", "Somain", "Aniche", "Orchies", "Auby", "Flers-en-Escrebieux", "Lallaing", "Waziers",
        "Arleux", "Pecquencourt", "Cuincy",
    ),
    "dunkerque": (
        "Dunkerque", "Grande-Synthe", "Coudekerque-Branche", "Saint-Pol-sur-Mer", "Bergues", "Hondschoote", "Wormhout",
        "Bourbourg", "Loon-Plage", "Téteghem", "Rosendaël", "Malo-les-Bains",
    ),
    "flandre-lys": (
        "Hazebrouck", "Bailleul", "Armentières", "Merville", "Estaires", "La Gorgue", "Steenvoorde", "Cassel",
        "Nieppe", "Vieux-Berquin",
    ),
    "lens-lievin": (
        "Lens", "Liévin", "Hénin-Beaumont", "Carvin", "Avion", "Bully-les-Mines", "Harnes", "Courrières", "Wingles",
        "Sallaumines", "Montigny-en-Gohelle", "Rouvroy",
    ),
    "lille": (
        "Lille", "Villeneuve-d’Ascq", "Lomme", "Hellemmes", "Loos", "Haubourdin", "Seclin", "Marcq-en-Barœul", "Ronchin",
        "Faches-Thumesnil", "Wattignies", "La Madeleine", "Mons-en-Barœul", "Lambersart",
    ),
    "maubeuge": (
        "Maubeuge", "Fourmies", "Avesnes-sur-Helpe", "Hautmont", "Aulnoye-Aymeries", "Jeumont", "Le Quesnoy", "Louvroil",
        "Landrecies", "Bavay", "Ferrière-la-Grande", "Solre-le-Château",
    ),
    "roubaix-tourcoing": (
        "Roubaix", "Tourcoing", "Wattrelos", "Croix", "Hem", "Wasquehal", "Mouvaux", "Halluin", "Neuville-en-Ferrain",
        "Roncq", "Leers", "Lys-lez-Lannoy",
    ),
    "saint-omer": (
        "Saint-Omer", "Arques", "Longuenesse", "Aire-sur-la-Lys", "Blendecques", "Lumbres", "Thérouanne", "Wizernes",
        "Watten", "Fauquembergues",
    ),
    "valenciennes": (
        "Valenciennes", "Anzin", "Denain", "Saint-Amand-les-Eaux", "Condé-sur-l’Escaut", "Bruay-sur-l’Escaut", "Raismes",
        "Vieux-Condé", "Onnaing", "Bouchain", "Marly", "Trith-Saint-Léger", "Famars", "Fresnes-sur-Escaut",
    ),
}  # fmt: skip

REGIONAL_STRUCTURES = {
    "C2RP": None,
    "État, Direccte Nord – Pas-de-Calais": None,
    "Conseil régional Nord – Pas-de-Calais": None,
    "Réseau des CIO, coordination régionale": "cio",
    "Réseau des EIF, coordination régionale": "eif",
    "Fongecif Nord – Pas-de-Calais": "fongecif",
    "Association régionale des missions locales": "mission-locale",
    "Centre régional Information Jeunesse": "pij",
    "Pôle emploi, direction régionale": "pole-emploi",
    "Universités, réseau régional orientation-insertion": "universite",
    "Cap emploi, tête de réseau régionale": None,
}
"""Bodies of the region as a whole, with their network when they head one."""
