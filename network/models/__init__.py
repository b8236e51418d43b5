from network.models.files import Attachment, AttachmentVersion
from network.models.happenings import Event
from network.models.moderation import ModerationAct, Report
from network.models.people import Profile
from network.models.places import Municipality, MunicipalityIndexPage
from network.models.polls import Poll, PollChoice, Vote
from network.models.rooms import AccessRequest, Membership, MembershipChange, Space
from network.models.talk import FormerPlace, Post, PostVersion, ReadMarker, Showing, Thanks, Thread
from network.models.writing import Draft, Mention, Reference

__all__ = [
    "AccessRequest",
    "Attachment",
    "AttachmentVersion",
    "Draft",
    "Event",
    "FormerPlace",
    "Membership",
    "MembershipChange",
    "Mention",
    "ModerationAct",
    "Municipality",
    "MunicipalityIndexPage",
    "Poll",
    "PollChoice",
    "Post",
    "PostVersion",
    "Profile",
    "ReadMarker",
    "Reference",
    "Report",
    "Showing",
    "Space",
    "Thanks",
    "Thread",
    "Vote",
]
