from django.urls import path

from network.views import files, people, places, rooms, talk

SPACE = "netvaerk/rum/<slug:slug>/"
THREAD = SPACE + "<int:pk>-<slug:thread_slug>/"

urlpatterns = [
    path("kommuner/<slug:slug>/", places.municipality, name="municipality"),
    path("netvaerk/", rooms.network, name="network"),
    path("netvaerk/profil/", people.profile, name="profile"),
    path("netvaerk/medlem/<int:pk>/", people.member, name="member"),
    path(SPACE, rooms.space, name="space"),
    path(SPACE + "gaa-med/", rooms.join, name="space-join"),
    path(SPACE + "bed-om-adgang/", rooms.ask, name="space-ask"),
    path(SPACE + "forlad/", rooms.leave, name="space-leave"),
    path(SPACE + "medlemmer/", rooms.members, name="space-members"),
    path(SPACE + "medlemmer/tilfoej/", rooms.add, name="space-add"),
    path(SPACE + "medlemmer/<int:pk>/fjern/", rooms.remove, name="space-remove"),
    path(SPACE + "medlemmer/<int:pk>/rolle/", rooms.role, name="space-role"),
    path(SPACE + "anmodninger/<int:pk>/", rooms.answer, name="space-answer"),
    path(SPACE + "filer/", files.files, name="space-files"),
    path(SPACE + "filer/<int:pk>/udgaver/", files.file_versions, name="attachment-versions"),
    path(SPACE + "filer/<int:pk>/<str:name>", files.attachment, name="attachment"),
    path(SPACE + "ny/", talk.new, name="thread-new"),
    path(THREAD, talk.thread, name="thread"),
    path(THREAD + "<int:number>/", talk.post, name="post"),
    path(THREAD + "svar/", talk.answer, name="reply"),
    path(THREAD + "<int:number>/ret/", talk.edit, name="post-edit"),
]
