"""The field that every form of the site is made of: label, hint, fault and control belong together by their ids."""

import re

import pytest
from django import forms
from django.template.loader import render_to_string


class Trial(forms.Form):
    name = forms.CharField(label="Navn", help_text="Fornavn og efternavn", widget=forms.TextInput({"class": "own"}))
    text = forms.CharField(label="Tekst", widget=forms.Textarea)
    kind = forms.ChoiceField(label="Slags", choices=[("a", "A"), ("b", "B")])
    way = forms.ChoiceField(label="Måde", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, help_text="Én")
    yes = forms.BooleanField(label="Ja tak", help_text="Kan ændres")
    secret = forms.CharField(widget=forms.HiddenInput)


def shown(name, data=None, **more):
    form = Trial(data)
    form.is_valid()
    return re.sub(r"\s+", " ", render_to_string("components/field.html", {"field": form[name], **more}))


@pytest.mark.parametrize(("name", "css"), [("name", "input own"), ("text", "textarea"), ("kind", "select")])
def test_a_control_wears_the_dress_of_its_kind_and_its_label_names_it(name, css):
    html = shown(name)
    assert f'class="{css}"' in html
    assert f'<label for="id_{name}">' in html and f'id="id_{name}"' in html


def test_hint_and_fault_are_named_by_the_control_in_the_order_in_which_they_stand():
    html = shown("name", {})
    assert 'aria-describedby="id_name_helptext id_name_error"' in html and 'aria-invalid="true"' in html
    assert html.index("<label") < html.index('id="id_name_helptext"') < html.index('id="id_name_error"')
    assert html.index('id="id_name_error"') < html.index("<input")


def test_a_control_without_hint_and_fault_names_none():
    assert "aria-describedby" not in shown("text", {"text": "Ord"})
    assert "aria-invalid" not in shown("text", {"text": "Ord"})


def test_a_hint_of_the_page_is_named_too():
    html = shown("text", hint="Skriv kort")
    assert 'aria-describedby="id_text_helptext"' in html and 'id="id_text_helptext">Skriv kort' in html


def test_a_group_of_choices_is_a_fieldset_with_its_label_as_legend():
    html = shown("way", {})
    assert '<fieldset class="field field--error" id="id_way" aria-describedby="id_way_helptext id_way_error">' in html
    assert re.search(r"<legend[^>]*>Måde</legend>", html)
    assert html.count('type="radio"') == 2 and 'class="input"' not in html


def test_a_single_box_stands_before_its_label():
    html = shown("yes", {})
    assert re.search(r'<label class="check"><input type="checkbox"[^>]*><span>Ja tak</span></label>', html)
    assert 'aria-describedby="id_yes_helptext id_yes_error"' in html


def test_a_hidden_field_is_nothing_but_itself():
    assert shown("secret").strip().startswith('<input type="hidden"')


def test_what_may_be_left_out_says_so():
    assert "(kan springes over)" in shown("name", optional=True)
    assert "(kan springes over)" not in shown("name")


def test_what_is_typed_is_shown_as_text():
    assert "<script>" not in shown("text", {"text": "</textarea><script>"})


def test_the_summary_leads_to_each_faulty_field():
    form = Trial({"text": "Ord"})
    html = render_to_string("components/form_errors.html", {"form": form})
    assert 'role="alert"' in html and 'href="#id_name"' in html and 'href="#id_text"' not in html
    assert not render_to_string("components/form_errors.html", {"form": Trial()}).strip()
