"""What looks like a CPR number is kept out, and no other number is taken for one."""

import random
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from network.cpr import WEIGHTS, check_without_cpr, looks_like_cpr
from network.discuss import edit_post, reply, start_thread
from network.models import Post
from tests.factories import MembershipFactory, PostFactory, ThreadFactory


def cpr(dice, day=None):
    """A number that passes the modulus: day, month, year and four digits."""
    while True:
        born = (day or date(1930, 1, 1) + timedelta(days=dice.randrange(30_000))).strftime("%d%m%y")
        serial = f"{dice.randrange(1000):03d}"
        rest = sum(w * int(d) for w, d in zip(WEIGHTS, born + serial, strict=False)) % 11
        if rest != 1:
            return born + serial + str((11 - rest) % 11)


def digits(dice, number):
    return "".join(str(dice.randrange(10)) for _place in range(number))


def pairs(text, size=2, between=" "):
    return between.join(text[at : at + size] for at in range(0, len(text), size))


def other_numbers(number=200):
    """Numbers of municipal work that are none, in the forms in which they are written."""
    dice = random.Random(20261124)
    forms = [
        lambda: digits(dice, 8),  # a phone
        lambda: pairs(digits(dice, 8)),
        lambda: pairs(digits(dice, 8), 4),
        lambda: f"+45 {pairs(digits(dice, 8))}",
        lambda: f"+45{digits(dice, 8)}",
        lambda: f"0045{digits(dice, 8)}",
        lambda: f"0045 {digits(dice, 8)}",
        lambda: f"+46 70 {digits(dice, 3)} {digits(dice, 2)} {digits(dice, 2)}",
        lambda: f"+49{digits(dice, 10)}",
        lambda: f"CVR {digits(dice, 8)}",
        lambda: f"CVR-nr. {pairs(digits(dice, 8))}",
        lambda: f"57{digits(dice, 11)}",  # an EAN
        lambda: f"EAN 5798 {digits(dice, 6)} {digits(dice, 3)}",
        lambda: f"5798{digits(dice, 2)} {digits(dice, 7)}",
        lambda: f"5 798{digits(dice, 3)} {digits(dice, 6)}",
        lambda: f"P-nummer 10{digits(dice, 8)}",
        lambda: f"P-nr.: 10{digits(dice, 8)}",
        lambda: f"{digits(dice, 2)}.{digits(dice, 3)}.{digits(dice, 3)} kr.",
        lambda: f"{digits(dice, 4)}-{digits(dice, 6)}",  # a case in the archive
        lambda: f"{digits(dice, 2)}/{digits(dice, 6)}-{digits(dice, 3)}",
        lambda: f"{digits(dice, 4)} {digits(dice, 10)}",  # a bank account
        lambda: f"DK{digits(dice, 16)}",
        lambda: f"{digits(dice, 2)}.{digits(dice, 2)}.{digits(dice, 2)}-K04-{digits(dice, 2)}-19",
        lambda: (date(1990, 1, 1) + timedelta(days=dice.randrange(12_000))).strftime("%d.%m.%Y"),
        lambda: f"matr. {digits(dice, 2)}a, {digits(dice, 4)} Lemvig",
        lambda: f"ISBN 978-87-{digits(dice, 4)}-{digits(dice, 3)}-{digits(dice, 1)}",
    ]
    return [forms[at % len(forms)]() for at in range(number)]


def test_of_200_other_numbers_none_is_taken_for_one():
    numbers = other_numbers()
    assert len(numbers) == 200
    assert [text for text in numbers if looks_like_cpr(f"Ring eller skriv: {text}.")] == []


@pytest.mark.parametrize(
    "form", ["{0}-{1}", "{0}{1}", "{0} {1}", "{0} - {1}", "{0}–{1}", "{2}.{3}.{4}-{1}", "cpr:{0}{1}"]
)
def test_of_100_true_ones_all_are_found_however_they_are_written(form):
    dice = random.Random(7)
    missed = []
    for _number in range(100):
        number = cpr(dice)
        parts = (number[:6], number[6:], number[:2], number[2:4], number[4:6])
        text = f"Borgeren, {form.format(*parts)}, bor der."
        if not looks_like_cpr(text):
            missed.append(text)
    assert missed == []


def test_one_without_modulus_is_found_where_it_is_written_as_one_or_was_born_on_new_years_day():
    assert looks_like_cpr("040583-0000") and not looks_like_cpr("0405830001")
    assert looks_like_cpr("0101650000")


@pytest.mark.parametrize("text", ["320190-1234", "011390-1234", "300290-1234"])
def test_a_day_that_is_in_no_calendar_makes_it_another_number(text):
    assert not looks_like_cpr(text)


def test_it_is_told_in_words_and_a_text_without_is_let_through():
    check_without_cpr("Vi har 12 tomme boliger i 2024.")
    with pytest.raises(ValidationError, match="Det ligner et CPR-nummer"):
        check_without_cpr("Det er 040583-1234.")


@pytest.mark.django_db
def test_neither_a_thread_nor_a_reply_nor_an_edit_is_saved_with_one():
    thread = ThreadFactory()
    post = PostFactory(thread=thread)
    writer = MembershipFactory(space=thread.space).user
    before = Post.objects.count()
    for write in (
        lambda: start_thread(writer, thread.space, "Om 040583-1234", "Tekst"),
        lambda: start_thread(writer, thread.space, "Titel", "Om 040583-1234"),
        lambda: reply(writer, thread, "Om 040583-1234"),
        lambda: edit_post(post.author, post, "Om 040583-1234", 1),
    ):
        with pytest.raises(ValidationError, match="CPR"):
            write()
    assert Post.objects.count() == before
    reply(writer, thread, "Om sag 040583")
    assert Post.objects.count() == before + 1
