from network.models.happenings import Event
from network.models.people import Profile
from network.models.places import Municipality, MunicipalityIndexPage
from network.models.rooms import AccessRequest, Membership, Space
from network.models.talk import Post, Thread

__all__ = [
    "AccessRequest",
    "Event",
    "Membership",
    "Municipality",
    "MunicipalityIndexPage",
    "Post",
    "Profile",
    "Space",
    "Thread",
]
