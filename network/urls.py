from django.urls import path

from network.views import moderation, people, places, rooms, talk

SPACE = "netvaerk/rum/<slug:slug>/"
THREAD = SPACE + "<int:pk>-<slug:thread_slug>/"

urlpatterns = [
    path("kommuner/<slug:slug>/", places.municipality, name="municipality"),
    path("netvaerk/", rooms.network, name="network"),
    path("netvaerk/profil/", people.profile, name="profile"),
    path("netvaerk/medlem/<int:pk>/", people.member, name="member"),
    path("netvaerk/gennemsyn/", moderation.review, name="review"),
    path("netvaerk/gennemsyn/anmeldelse/<int:pk>/<slug:act>/", moderation.about_report, name="review-report"),
    path("netvaerk/gennemsyn/indlaeg/<int:pk>/<slug:act>/", moderation.about_held, name="review-held"),
    path("netvaerk/gennemsyn/fortryd/<int:pk>/", moderation.undo, name="review-undo"),
    path(SPACE + "gennemsyn/", moderation.space_review, name="space-review"),
    path(THREAD + "<int:number>/anmeld/", moderation.report, name="post-report"),
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
]
