"""Forms of the account pages. allauth's own are kept; only their words change."""

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.models import User

PASSWORD_HINT = "12 caractères au moins ; une phrase de quelques mots fait un bon mot de passe."  # noqa: S105
SIX_DIGITS = "Les six chiffres affichés par votre application."


def _say(form: forms.Form, **words: tuple[str, str]) -> None:
    """Give fields their French label and help; what was in the field as a placeholder goes away."""
    for name, (label, help_text) in words.items():
        field = form.fields[name]
        field.label, field.help_text = label, help_text
        field.widget.attrs.pop("placeholder", None)


def _say_new_password(form: forms.Form) -> None:
    _say(form, password1=("Nouveau mot de passe", PASSWORD_HINT), password2=("Le même, une seconde fois", ""))


class LoginForm(account_forms.LoginForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self,
            login=("Adresse électronique", "Celle où vous avez reçu votre invitation."),
            password=("Mot de passe", ""),
            remember=("Rester connecté pendant 12 heures", "À éviter sur un ordinateur partagé."),
        )
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ReauthenticateForm(account_forms.ReauthenticateForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, password=("Mot de passe", ""))


class ChangePasswordForm(account_forms.ChangePasswordForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, oldpassword=("Mot de passe actuel", ""))
        _say_new_password(self)


class SetPasswordForm(account_forms.SetPasswordForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say_new_password(self)


class ResetPasswordForm(account_forms.ResetPasswordForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, email=("Adresse électronique", "Par exemple : prenom.nom@structure.fr"))


class ResetPasswordKeyForm(account_forms.ResetPasswordKeyForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say_new_password(self)


class ChangeAddressForm(account_forms.AddEmailForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self,
            email=("Nouvelle adresse électronique", "Un message y sera envoyé ; l’adresse actuelle sert jusque-là."),
        )


class SecondFactorForm(mfa_forms.AuthenticateForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=("Code", "Les six chiffres affichés par votre application, ou l’un de vos codes de secours."))


class SecondFactorAgainForm(mfa_forms.ReauthenticateForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=("Code", "Les six chiffres affichés par votre application, ou l’un de vos codes de secours."))


class ActivateTotpForm(totp_forms.ActivateTOTPForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=("Code", SIX_DIGITS))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AddKeyForm(webauthn_forms.AddWebAuthnForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self,
            name=("Nom de la clé", "Pour la reconnaître plus tard : « téléphone », « clé du bureau »…"),
            passwordless=(
                "Me connecter avec cette clé seule, sans mot de passe",
                "L’appareil demandera votre empreinte, votre visage ou son code.",
            ),
        )


class RenameKeyForm(webauthn_forms.EditWebAuthnForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, name=("Nom de la clé", "Pour la reconnaître plus tard : « téléphone », « clé du bureau »…"))


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("first_name", "last_name", "phone")
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_name"].required = self.fields["last_name"].required = True
        self.fields["phone"].help_text = "Visible des membres de vos espaces. Par exemple : 03 20 00 00 00."


class JoinForm(forms.ModelForm):
    """What the person fills in behind an invitation link."""

    password1 = forms.CharField(
        label="Mot de passe",
        help_text=PASSWORD_HINT,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="Le même, une seconde fois",
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name")
        widgets = {key: ProfileForm.Meta.widgets[key] for key in ("first_name", "last_name")}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_name"].required = self.fields["last_name"].required = True

    def clean(self) -> dict[str, object]:
        data = super().clean()
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", "Les deux mots de passe ne sont pas les mêmes.")
        return data

    def _post_clean(self) -> None:
        super()._post_clean()  # names are on the instance now: the password must not resemble them
        if password := self.cleaned_data.get("password1"):
            try:
                validate_password(password, self.instance)
            except forms.ValidationError as error:
                self.add_error("password1", error)
