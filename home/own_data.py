"""What the admin keeps about those who write in it, for themselves to take along (accounts.own_data)."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.models import EditingSession, FormState
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import (
    APIToken,
    Comment,
    CommentReply,
    ModelLogEntry,
    Page,
    PageLogEntry,
    PageSubscription,
    Revision,
    TaskState,
    UploadedFile,
    WorkflowState,
)
from wagtail.users.models import UserProfile

from accounts.own_data import REST, brings, leaves_out, names
from content.care import with_care
from content.models import File, Picture

WHEN, WHAT, ACT = _("Hvornår"), _("Hvad"), _("Handling")
OF_OTHERS = {REST: "what it stands at may be closed to her now"}


@names(ContentType)
def kinds(user, ids):
    return {kind.pk: kind.name for kind in ContentType.objects.filter(pk__in=ids)}


def _looked_after(user):
    return with_care(Page.objects.live().public()).filter(Q(keeper_id=user.pk) | Q(backup_id=user.pk)).order_by("pk")


brings(
    _("Sider, du har ansvar for"),
    Page,
    whose=["owner", "locked_by"],
    tells={"title": _("Titel"), "last_published_at": _("Udgivet")},
    leaves={REST: "the page is public"},
    rows=_looked_after,
)
brings(
    _("Udgaver af sider, du har gemt"),
    Revision,
    whose=["user"],
    tells={"content_type": WHAT, "created_at": WHEN},
    leaves=OF_OTHERS,
)
brings(
    _("Det, du har gjort ved sider"),
    PageLogEntry,
    whose=["user"],
    tells={"action": ACT, "content_type": WHAT, "timestamp": WHEN},
    leaves=OF_OTHERS,
)
brings(
    _("Det, du har gjort ved andet i administrationen"),
    ModelLogEntry,
    whose=["user"],
    tells={"action": ACT, "content_type": WHAT, "timestamp": WHEN},
    leaves=OF_OTHERS,
)
brings(
    _("Kommentarer i administrationen"),
    Comment,
    whose=["user", "resolved_by"],
    tells={"text": _("Tekst"), "created_at": _("Skrevet"), "resolved_at": _("Lukket")},
    leaves=OF_OTHERS,
    own_words={"text": "user"},
)
brings(
    _("Svar på kommentarer"),
    CommentReply,
    whose=["user"],
    tells={"text": _("Tekst"), "created_at": _("Skrevet")},
    leaves=OF_OTHERS,
)
brings(
    _("Sider, du har sendt til gennemsyn"),
    WorkflowState,
    whose=["requested_by"],
    tells={"content_type": WHAT, "status": _("Tilstand"), "created_at": WHEN},
    leaves=OF_OTHERS,
)
brings(
    _("Gennemsyn, du har afsluttet"),
    TaskState,
    whose=["finished_by"],
    tells={"status": _("Tilstand"), "comment": _("Kommentar"), "finished_at": WHEN},
    leaves=OF_OTHERS,
)
brings(
    _("Sider, hvis kommentarer du får mail om"),
    PageSubscription,
    whose=["user"],
    tells={"page": _("Side"), "comment_notifications": _("Mail om kommentarer")},
)
brings(
    _("Billeder, du har lagt op"),
    Picture,
    whose=["uploaded_by_user"],
    tells={"title": _("Titel"), "created_at": WHEN},
    leaves={REST: "the picture is public"},
)
brings(
    _("Dokumenter, du har lagt op"),
    File,
    whose=["uploaded_by_user"],
    tells={"title": _("Titel"), "created_at": WHEN},
    leaves={REST: "the document is public"},
)
brings(
    _("Din opsætning af administrationen"),
    UserProfile,
    whose=["user"],
    tells={
        "preferred_language": _("Sprog"),
        "current_time_zone": _("Tidszone"),
        "submitted_notifications": _("Mail, når noget er sendt til gennemsyn"),
        "approved_notifications": _("Mail, når noget er godkendt"),
        "rejected_notifications": _("Mail, når noget er sendt tilbage"),
        "updated_comments_notifications": _("Mail om kommentarer"),
    },
    leaves={REST: "how the admin looks"},
)
brings(
    _("Nøgler til programmer"),
    APIToken,
    whose=["user"],
    tells={
        "name": _("Navn"),
        "created": _("Lavet"),
        "last_used_at": _("Sidst brugt"),
        "revoked_at": _("Trukket tilbage"),
    },
    leaves={REST: "only what proves the key is kept"},
)

leaves_out(EditingSession, "who has a form open just now; minutes old")
leaves_out(FormState, "a form of the admin that was not saved, until it is")
leaves_out(UploadedFile, "a file on its way in, for minutes")
leaves_out(Document, "not in use here: File is")
leaves_out(Image, "not in use here: Picture is")
