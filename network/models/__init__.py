from network.models.files import Attachment, AttachmentVersion
from network.models.handing import Handover
from network.models.happenings import Event
from network.models.mail import IncomingMail
from network.models.meetings import CalendarFeed, Meeting, Outcome, Question, QuestionVote, Seat
from network.models.moderation import ModerationAct, Report
from network.models.notices import (
    Announcement,
    Change,
    DigestSlot,
    Follow,
    Notice,
    NoticeSettings,
    Telling,
    ThreadChoice,
)
from network.models.people import Profile, Seen
from network.models.places import Municipality, MunicipalityIndexPage
from network.models.polls import Poll, PollChoice, Vote
from network.models.rooms import AccessRequest, Membership, MembershipChange, Space
from network.models.talk import FormerPlace, Post, PostVersion, ReadMarker, Showing, Thanks, Thread
from network.models.writing import Draft, Mention, Reference

__all__ = [
    "AccessRequest",
    "Announcement",
    "Attachment",
    "AttachmentVersion",
    "CalendarFeed",
    "Change",
    "DigestSlot",
    "Draft",
    "Event",
    "Follow",
    "FormerPlace",
    "Handover",
    "Meeting",
    "IncomingMail",
    "Membership",
    "MembershipChange",
    "Mention",
    "ModerationAct",
    "Municipality",
    "MunicipalityIndexPage",
    "Notice",
    "NoticeSettings",
    "Outcome",
    "Poll",
    "PollChoice",
    "Post",
    "PostVersion",
    "Profile",
    "Question",
    "QuestionVote",
    "ReadMarker",
    "Reference",
    "Report",
    "Seat",
    "Seen",
    "Showing",
    "Space",
    "Telling",
    "Thanks",
    "Thread",
    "ThreadChoice",
    "Vote",
]
