// Read iCalendar files with ical.js, strictly: node read_calendars.cjs <ical.js> < JSON list of texts > JSON list of their entries.
const ICAL = require(process.argv[2]);
ICAL.design.strict = true;
const words = (component, name) => component.getFirstPropertyValue(name) ?? "";
const read = (text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return calendar.getAllSubcomponents("vevent").map((event) => ({
    method: words(calendar, "method"),
    uid: words(event, "uid"),
    sequence: words(event, "sequence"),
    status: words(event, "status"),
    start: words(event, "dtstart").toJSDate().toISOString(),
    end: words(event, "dtend").toJSDate().toISOString(),
    title: words(event, "summary"),
    description: words(event, "description"),
    who: event.getAllProperties("attendee").map((one) => one.getParameter("cn")),
  }));
};
let asked = "";
process.stdin.on("data", (part) => (asked += part));
process.stdin.on("end", () => process.stdout.write(JSON.stringify(JSON.parse(asked).map(read))));
