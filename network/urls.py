from django.urls import path

from network.views import people, places, post_acts, rooms, talk, thread_acts

SPACE = "netvaerk/rum/<slug:slug>/"
THREAD = SPACE + "<int:pk>-<slug:thread_slug>/"
POST = THREAD + "<int:number>/"

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
    path(SPACE + "ny/", talk.new, name="thread-new"),
    path(THREAD, talk.thread, name="thread"),
    path(THREAD + "<int:number>/", talk.post, name="post"),
    path(THREAD + "svar/", talk.answer, name="reply"),
    path(THREAD + "<int:number>/ret/", talk.edit, name="post-edit"),
    path(SPACE + "fjernet/", post_acts.removed, name="space-removed"),
    path(POST + "tak/", post_acts.say_thanks, name="post-thanks"),
    path(POST + "svaret/", post_acts.answer, name="post-answer"),
    path(POST + "fjern/", post_acts.remove, name="post-remove"),
    path(POST + "saet-tilbage/", post_acts.restore, name="post-restore"),
    path(POST + "historik/", post_acts.history, name="post-history"),
    path(THREAD + "status/", thread_acts.status, name="thread-status"),
    path(THREAD + "fastgoer/", thread_acts.pin, name="thread-pin"),
    path(THREAD + "luk/", thread_acts.close, name="thread-close"),
    path(THREAD + "aabn/", thread_acts.reopen, name="thread-reopen"),
    path(THREAD + "flyt/", thread_acts.move, name="thread-move"),
    path(THREAD + "saml/", thread_acts.merge, name="thread-merge"),
    path(THREAD + "del/", thread_acts.split, name="thread-split"),
]
