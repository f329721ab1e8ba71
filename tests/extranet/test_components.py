"""The shared pieces of forms: every field has its label, its help and its error, tied together."""

import re

import pytest
from django import forms
from django.template.loader import render_to_string


class OwnRadio(forms.RadioSelect):
    pass


class SampleForm(forms.Form):
    title = forms.CharField(label="Intitulé", help_text="Court.")
    kind = forms.ChoiceField(label="Nature", choices=[("a", "A"), ("b", "B")], widget=OwnRadio)
    plain = forms.ChoiceField(label="Sorte", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    places = forms.MultipleChoiceField(
        label="Lieux", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="D’accord")
    space = forms.ChoiceField(label="Espace", choices=[("a", "A")], required=False)
    file = forms.FileField(label="Fichier")


@pytest.mark.parametrize("name", list(SampleForm.base_fields))
@pytest.mark.parametrize("data", [None, {}], ids=["fresh", "wrong"])
def test_every_input_has_one_label_and_every_reference_its_target(name: str, data: dict[str, str] | None) -> None:
    html = render_to_string("components/form_field.html", {"field": SampleForm(data)[name]})
    inputs = re.findall(r"<(?:input|select|textarea)\b[^>]*\bid=\"([^\"]+)\"", html)
    assert sorted(inputs) == sorted(re.findall(r"<label[^>]* for=\"([^\"]+)\"", html))
    ids = set(re.findall(r"\bid=\"([^\"]+)\"", html))
    referred = {word for value in re.findall(r"aria-describedby=\"([^\"]+)\"", html) for word in value.split()}
    assert referred <= ids
    assert ("fr-message--error" in html) is (data is not None and SampleForm.base_fields[name].required)


def test_the_summary_leads_to_each_field() -> None:
    html = render_to_string("components/form_errors.html", {"form": SampleForm({"kind": "a", "plain": "a"})})
    assert re.findall(r"href=\"#([^\"]+)\"", html) == ["id_title", "id_places", "id_agreed", "id_file"]
