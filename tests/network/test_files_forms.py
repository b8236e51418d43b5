"""Files in the forms, as a browser without script sends them: nothing is lost, and each refusal is said."""

import errno
import html
import re
import tracemalloc
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from network.attach import attach
from network.discuss import reply
from network.models import Attachment, Membership, Post, Space, Thread
from network.models.files import closed_files
from network.storage import ClosedFiles
from tests.factories import MembershipFactory, SpaceFactory, ThreadFactory
from tests.network import made_files as made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_disk(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "members": {"BACKEND": "network.storage.ClosedFiles", "OPTIONS": {"location": tmp_path / "files"}},
    }
    cache.clear()
    return tmp_path / "files"


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme boliger", slug="tomme-boliger")


@pytest.fixture
def member(space):
    return MembershipFactory(space=space).user


@pytest.fixture
def browser(member):
    client = Client(raise_request_exception=False)
    client.force_login(member)
    return client


@pytest.fixture
def thread(space, member):
    return ThreadFactory(space=space, author=member)


def new(space):
    return reverse("thread-new", args=[space.slug])


def answer_to(thread):
    return reverse("reply", args=[thread.space.slug, thread.pk, thread.slug])


def form(*uploads, **others):
    return {"title": "Se her", "text": "Det er vedhæftet.", "form_key": uuid4(), "uploads": list(uploads), **others}


def said(response):
    text = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


def pdf(name="Referat.pdf"):
    return made.upload(name, made.PDF)


def text_of(response):
    area = re.search(r'<textarea name="text"[^>]*>\n?(.*?)</textarea>', response.content.decode(), re.DOTALL)
    return html.unescape(area[1])


# --- success --------------------------------------------------------------------------------------------


def test_a_thread_is_sent_with_its_files_in_one_post(browser, space):
    page = browser.post(new(space), form(pdf(), made.upload("havn.jpg", made.photograph())), follow=True)
    assert page.status_code == 200
    assert [file.name for file in Attachment.objects.filter(post__thread=Thread.objects.get())] == [
        "Referat.pdf",
        "havn.jpg",
    ]
    assert "Referat.pdf" in said(page)
    picture = Attachment.objects.get(name="havn.jpg")
    assert f'src="{picture.get_absolute_url()}?vis=lille"' in page.content.decode()
    assert 'width="40" height="60"' in page.content.decode()


def test_an_answer_and_an_edit_take_files_too(browser, thread):
    assert browser.post(answer_to(thread), form(pdf())).status_code == 302
    post = Post.objects.get(thread=thread, number=2)
    edit = reverse("post-edit", args=[thread.space.slug, thread.pk, thread.slug, 2])
    page = browser.get(edit)
    assert "Fjern »Referat.pdf« for altid" in said(page)
    own = Attachment.objects.get().pk
    data = {"text": "Nu med en anden.", "version": 1, "without": [own], "uploads": [pdf("Nyt.pdf")]}
    assert browser.post(edit, data).status_code == 302
    assert [file.name for file in Attachment.objects.filter(post=post)] == ["Nyt.pdf"]


def test_a_form_without_files_is_sent_as_before(browser, space):
    assert browser.post(new(space), form()).status_code == 302
    assert not Post.objects.get().has_files


def test_a_form_that_is_sent_twice_makes_one_post_with_one_file(browser, space):
    key = uuid4()
    first, second = (browser.post(new(space), form(pdf(), form_key=key)) for _time in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Post.objects.count() == Attachment.objects.count() == 1


# --- refusals -------------------------------------------------------------------------------------------


def test_files_are_not_lost_when_the_text_is_refused(browser, space):
    page = browser.post(new(space), form(pdf(), text=""))
    assert page.status_code == 400
    assert "Send »Referat.pdf« med" in said(page)
    kept = re.search(r'name="files" value="(\d+)" checked', page.content.decode())[1]
    assert browser.post(new(space), form(files=[kept])).status_code == 302
    assert Attachment.objects.get().post is not None


def test_the_text_is_not_lost_when_a_file_is_refused_and_the_other_files_are_kept(browser, space):
    page = browser.post(new(space), form(pdf(), made.upload("ond.svg", b"<svg onload=alert(1)>"), text="Min tekst"))
    assert page.status_code == 400
    assert "»ond.svg« er en webside eller et program" in said(page)
    assert text_of(page) == "Min tekst"
    assert "Send »Referat.pdf« med" in said(page)
    assert not Thread.objects.exists()


def test_a_file_that_is_left_out_of_the_second_try_is_not_sent(browser, space):
    browser.post(new(space), form(pdf(), text=""))
    assert browser.post(new(space), form()).status_code == 302
    assert Attachment.objects.get().post is None


def test_a_name_that_would_run_is_text(browser, space):
    page = browser.post(new(space), form(made.upload('"><script>x.pdf', made.PDF), text=""))
    assert "<script>x" not in page.content.decode()


def test_eleven_files_are_refused_with_the_text_kept(browser, space):
    page = browser.post(new(space), form(*(made.upload(f"{n}.txt", b"tal") for n in range(11)), text="Min tekst"))
    assert page.status_code == 400
    assert "ti filer" in said(page)
    assert text_of(page) == "Min tekst"


@pytest.mark.parametrize("ids", [["x"], ["-1"], ["9" * 30], ["999999"], [""], ["²"]])
def test_ids_of_files_that_are_not_ones_own_change_nothing(browser, space, ids):
    assert browser.post(new(space), form(files=ids)).status_code == 302
    assert not Attachment.objects.exists()


def test_a_space_without_files_takes_none(browser, space):
    Space.objects.filter(pk=space.pk).update(has_files=False)
    assert 'name="uploads"' not in browser.get(new(space)).content.decode()
    assert browser.post(new(space), form(pdf())).status_code == 302
    assert not Attachment.objects.exists()


def test_a_forged_form_is_refused(space, member):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    assert client.post(new(space), form(pdf())).status_code == 403
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("address", ["/konto/log-ind/", "/netvaerk/rum/tomme-boliger/ny/", "/soeg/"])
def test_of_a_strangers_file_and_where_none_is_taken_nothing_is_read(space, address):
    body = Endless({"title": "Min"}, 20)
    send(Client(raise_request_exception=False), address, body)
    assert body.given < 1024 * 1024


@pytest.mark.parametrize("who", ["stranger", "outsider"])
def test_nothing_is_put_up_by_someone_who_may_not_write(space, who):
    client = Client()
    if who == "outsider":
        client.force_login(MembershipFactory().user)
    assert client.post(new(space), form(pdf())).status_code in (302, 403)
    assert not Attachment.objects.exists()
    assert not list(closed_files().names())


def test_a_full_space_says_so_and_keeps_the_text(browser, space):
    Space.objects.filter(pk=space.pk).update(file_room=0)
    page = browser.post(new(space), form(pdf(), text="Min tekst"))
    assert page.status_code == 400
    assert "0 af rummets 0 MB er brugt" in said(page)
    assert text_of(page) == "Min tekst"


# --- too large ------------------------------------------------------------------------------------------


class Endless:
    """A body that is made as it is read: fields first, then a file of so many megabytes."""

    def __init__(self, fields, megabytes):
        head = "".join(
            f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        head += '--x\r\nContent-Disposition: form-data; name="uploads"; filename="stor.pdf"\r\n\r\n%PDF-'
        self.head, self.tail = head.encode(), b"\r\n--x--\r\n"
        self.length = len(self.head) + megabytes * 1024 * 1024 + len(self.tail)
        self.given = 0

    def readline(self, size=-1):
        raise NotImplementedError

    def read(self, size=-1):
        size = min(size, self.length - self.given) if size >= 0 else self.length - self.given
        piece = self.head[self.given : self.given + size]
        self.given += size
        assert self.given <= 26 * 1024 * 1024, "It is to be cut off."
        return piece + b"0" * (size - len(piece))


def send(browser, address, body):
    told = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(body.length)}
    return browser.generic("POST", address, **told, **{"wsgi.input": body})


@pytest.mark.parametrize(("megabytes", "most"), [(60, 26), (2048, 1)])
def test_a_file_that_is_too_large_is_cut_off_with_the_text_kept(browser, space, own_disk, megabytes, most):
    body = Endless({"title": "Min", "text": "Min tekst"}, megabytes)
    tracemalloc.start()
    page = send(browser, new(space), body)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert page.status_code == 413
    assert ("større end 25 MB" if megabytes == 60 else "mere end 250 MB") in said(page)
    assert text_of(page) == "Min tekst"
    assert body.given < most * 1024 * 1024
    assert peak < 16 * 1024 * 1024
    assert not list(closed_files().names())


def test_a_file_of_just_25_megabytes_is_taken(browser, space):
    content = made.PDF + b"0" * (25 * 1024 * 1024 - len(made.PDF))
    assert browser.post(new(space), form(made.upload("a.pdf", content))).status_code == 302
    assert browser.post(new(space), form(made.upload("b.pdf", content + b"0"))).status_code == 413


# --- no room on the disk --------------------------------------------------------------------------------


class FullDisk(ClosedFiles):
    """A disk that takes the first half of a file."""

    def _save(self, name, content):
        class HalfWritten:
            def chunks(self):
                yield content.read(10)
                raise OSError(errno.ENOSPC, "No space left on device")

        return super()._save(name, HalfWritten())


def test_a_full_disk_is_told_and_leaves_neither_row_nor_file(browser, space, settings, tmp_path):
    path = f"{FullDisk.__module__}.{FullDisk.__name__}"
    good = settings.STORAGES
    settings.STORAGES = {**good, "members": {"BACKEND": path, "OPTIONS": {"location": tmp_path / "full"}}}
    page = browser.post(new(space), form(pdf(), text="Min tekst"))
    assert page.status_code == 507
    assert "der er ikke plads på serveren" in said(page)
    assert text_of(page) == "Min tekst"
    assert not Attachment.objects.exists()
    assert not list(closed_files().names())
    assert browser.post(new(space), form()).status_code == 302, "Posts without files still work."
    settings.STORAGES = good
    assert browser.post(new(space), form(pdf())).status_code == 302


def test_a_disk_that_is_full_already_while_the_file_comes_in_is_told(browser, space, monkeypatch):
    from django.core.files.uploadedfile import TemporaryUploadedFile

    class Full(TemporaryUploadedFile):
        def __init__(self, *args):
            super().__init__(*args)
            self.file.close()
            self.file = open("/dev/full", "wb", buffering=0)  # noqa: SIM115

        def temporary_file_path(self):
            return "/dev/null/nothing"

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", Full)
    page = browser.post(new(space), form(pdf(), text="Min tekst"))
    assert page.status_code == 507
    assert text_of(page) == "Min tekst"


def test_a_row_that_cannot_be_written_leaves_no_file(space, member, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(Attachment.objects, "create", fails)
    with pytest.raises(RuntimeError):
        attach(member, space, pdf())
    assert not list(closed_files().names())


# --- how often ------------------------------------------------------------------------------------------


def test_after_the_limit_files_wait_and_the_text_is_kept(browser, space, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "upload": "3/h/user"}
    assert browser.post(new(space), form(*(made.upload(f"{n}.txt", b"tal") for n in range(3)))).status_code == 302
    page = browser.post(new(space), form(pdf(), text="Min tekst"))
    assert page.status_code == 429
    assert 0 < int(page.headers["Retry-After"]) <= 3600
    assert "Du har lagt mange filer op på kort tid" in said(page)
    assert text_of(page) == "Min tekst"
    assert browser.post(new(space), form()).status_code == 302, "What has no files is no file."


def test_the_limit_is_each_members_own_whatever_a_proxy_is_said_to_be(browser, space, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "upload": "1/h/user"}
    assert browser.post(new(space), form(pdf())).status_code == 302
    forged = browser.post(new(space), form(pdf()), HTTP_X_FORWARDED_FOR="10.1.2.3")
    assert forged.status_code == 429
    other = Client()
    other.force_login(MembershipFactory(space=space).user)
    assert other.post(new(space), form(pdf())).status_code == 302


def test_the_limit_is_sixty_an_hour(settings):
    assert settings.ACCOUNT_RATE_LIMITS["upload"] == "60/h/user"


# --- pages ----------------------------------------------------------------------------------------------


def test_a_page_of_posts_asks_once_for_all_their_files_and_never_where_there_are_none(browser, thread, member):
    def number():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert browser.get(thread.get_absolute_url()).status_code == 200
        return len(asked)

    number()
    without = number()
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        reply(member, thread, "Med fil.", files=[attach(member, thread.space, pdf(name)).pk])
    number()  # reads what is new, which moves the marker
    assert number() == without + 1


def test_an_answer_without_files_costs_no_query_more(thread, member):
    with CaptureQueriesContext(connection) as asked:
        reply(member, thread, "Uden fil.")
    assert not [row["sql"] for row in asked if "attachment" in row["sql"]]


def test_the_page_of_files_lists_them_with_the_newest_on_top_and_the_room_that_is_used(browser, thread, member):
    for name in ("Ældst.pdf", "Nyest.pdf"):
        reply(member, thread, "Med fil.", files=[attach(member, thread.space, pdf(name)).pk])
    attach(member, thread.space, pdf("Ikke sendt.pdf"))
    page = said(browser.get(reverse("space-files", args=[thread.space.slug])))
    assert page.index("Nyest.pdf") < page.index("Ældst.pdf")
    assert "Ikke sendt.pdf" not in page
    assert "1 af 500 MB brugt" in page
    assert "Filer 2" in page
    assert thread.title in page


def test_the_page_of_files_asks_the_same_number_of_questions_however_many_there_are(browser, thread, member):
    def number():
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(reverse("space-files", args=[thread.space.slug])).status_code == 200
        return len(asked)

    reply(member, thread, "Med fil.", files=[attach(member, thread.space, pdf()).pk])
    number()
    few = number()
    reply(member, thread, "Med filer.", files=[attach(member, thread.space, pdf(f"{n}.pdf")).pk for n in range(9)])
    assert number() == few


def test_an_empty_page_of_files_says_how_files_come_in_and_one_without_files_is_not_there(browser, space):
    address = reverse("space-files", args=[space.slug])
    assert "Ingen filer endnu" in said(browser.get(address))
    assert browser.get(address + "?side=7").status_code == 404
    assert browser.get(address + "?side=x").status_code == 404
    Space.objects.filter(pk=space.pk).update(has_files=False)
    assert browser.get(address).status_code == 404
    assert address not in browser.get(space.get_absolute_url()).content.decode()


def test_the_page_of_versions_takes_a_new_one_and_says_what_is_wrong_with_another(browser, thread, member):
    reply(member, thread, "Med fil.", files=[attach(member, thread.space, pdf()).pk])
    file = Attachment.objects.get()
    address = reverse("attachment-versions", args=[thread.space.slug, file.pk])
    assert "Læg en ny udgave op" in said(browser.get(address))
    page = browser.post(address, {"upload": made.upload("a.docx", made.docx())})
    assert page.status_code == 400
    assert "samme slags fil" in said(page)
    assert "Vælg en fil" in said(browser.post(address, {}))
    page = browser.post(address, {"upload": pdf("ny.pdf")}, follow=True)
    assert page.status_code == 200
    assert "Udgave 2" in said(page)
    assert "Udgave 2 ·" in said(browser.get(thread.get_absolute_url()))


def test_a_reader_sees_the_versions_and_no_form(browser, thread, member, space):
    reply(member, thread, "Med fil.", files=[attach(member, thread.space, pdf()).pk])
    reader = Client()
    reader.force_login(MembershipFactory(space=space).user)
    address = reverse("attachment-versions", args=[space.slug, Attachment.objects.get().pk])
    page = reader.get(address)
    assert "Udgave 1" in said(page)
    assert "Læg en ny udgave op" not in said(page)
    assert reader.post(address, {"upload": pdf()}).status_code == 403
    outsider = Client()
    outsider.force_login(MembershipFactory(space=SpaceFactory()).user)
    assert outsider.get(address).status_code == 403


def test_a_file_waits_for_its_membership_no_longer_than_the_next_request(browser, thread, member):
    Membership.objects.filter(user=member).delete()
    assert browser.post(answer_to(thread), form(pdf())).status_code == 403
    assert not Attachment.objects.exists()
