from django.urls import path

from network.views import files, moderation, people, places, polls, reading, rooms, talk, writing

SPACE = "netvaerk/rum/<slug:slug>/"
THREAD = SPACE + "<int:pk>-<slug:thread_slug>/"

urlpatterns = [
    path("kommuner/<slug:slug>/", places.municipality, name="municipality"),
    path("netvaerk/", rooms.network, name="network"),
    path("netvaerk/laest/", reading.read, name="read-all"),
    path("netvaerk/profil/", people.profile, name="profile"),
    path("netvaerk/medlem/<int:pk>/", people.member, name="member"),
    path("netvaerk/kladder/", writing.own_drafts, name="drafts"),
    path("netvaerk/kladder/<int:pk>/kasser/", writing.throw_away, name="draft-throw-away"),
    path("netvaerk/omtalt/<slug:name>/<int:pk>/", writing.spoken_of, name="spoken-of"),
    path("netvaerk/skriv/", writing.write, name="write"),
    path("netvaerk/gennemsyn/", moderation.review, name="review"),
    path("netvaerk/gennemsyn/anmeldelse/<int:pk>/<slug:act>/", moderation.about_report, name="review-report"),
    path("netvaerk/gennemsyn/indlaeg/<int:pk>/<slug:act>/", moderation.about_held, name="review-held"),
    path("netvaerk/gennemsyn/fortryd/<int:pk>/", moderation.undo, name="review-undo"),
    path(SPACE + "gennemsyn/", moderation.space_review, name="space-review"),
    path(THREAD + "<int:number>/anmeld/", moderation.report, name="post-report"),
    path(SPACE, rooms.space, name="space"),
    path(SPACE + "forslag/personer/", writing.people, name="suggest-people"),
    path(SPACE + "forslag/henvisninger/", writing.things, name="suggest-things"),
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
    path(THREAD + "nye/", reading.news, name="thread-news"),
    path(THREAD + "afstemning/", polls.new, name="poll-new"),
    path(THREAD + "afstemning/stem/", polls.vote, name="poll-vote"),
    path(THREAD + "afstemning/slut/", polls.close, name="poll-close"),
    path(THREAD + "svar/", talk.answer, name="reply"),
    path(THREAD + "<int:number>/ret/", talk.edit, name="post-edit"),
]
