"""The members of the network, for each other."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from network.member_list import member_list
from network.views.door import members_only


@require_GET
@members_only
def members(request):
    return render(request, "network/member_list.html", {"found": member_list(request.user, request.GET)})
