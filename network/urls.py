from django.urls import path

from network.views import exclusion, facilitator, front, invitations, people, places, rooms, space_settings, talk

SPACE = "netvaerk/rum/<slug:slug>/"
THREAD = SPACE + "<int:pk>-<slug:thread_slug>/"

urlpatterns = [
    path("kommuner/<slug:slug>/", places.municipality, name="municipality"),
    path("netvaerk/", front.network, name="network"),
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
    path(SPACE + "medlemmer/inviter/", invitations.invite, name="space-invite"),
    path(SPACE + "medlemmer/<int:pk>/traek-tilbage/", invitations.withdraw, name="space-withdraw"),
    path(SPACE + "medlemmer/<int:pk>/udeluk/", exclusion.suspend, name="space-suspend"),
    path(SPACE + "medlemmer/<int:pk>/luk-ind-igen/", exclusion.restore, name="space-restore"),
    path(SPACE + "sig-nej/", invitations.decline, name="space-decline"),
    path(SPACE + "facilitator/", facilitator.facilitator, name="space-facilitator"),
    path(SPACE + "facilitator/overdrag/", facilitator.hand_over, name="space-hand-over"),
    path(SPACE + "indstillinger/", space_settings.settings, name="space-settings"),
    path(SPACE + "arkiver/", space_settings.archive, name="space-archive"),
    path(SPACE + "genaabn/", space_settings.reopen, name="space-reopen"),
    path(SPACE + "anmodninger/<int:pk>/", rooms.answer, name="space-answer"),
    path(SPACE + "ny/", talk.new, name="thread-new"),
    path(THREAD, talk.thread, name="thread"),
    path(THREAD + "<int:number>/", talk.post, name="post"),
    path(THREAD + "svar/", talk.answer, name="reply"),
    path(THREAD + "<int:number>/ret/", talk.edit, name="post-edit"),
]
