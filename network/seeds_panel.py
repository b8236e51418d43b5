from wagtail.admin.ui.components import Component

from network.models import Outcome

SHOWN = 5


class SeedsPanel(Component):
    """»Frø til casefortællinger« on the editors' desk: lines of notes that could become a story, by the rule."""

    name = "seeds"
    order = 70
    template_name = "network/admin/seeds_panel.html"

    def __init__(self, user):
        self.user = user

    def get_context_data(self, parent_context):
        return {"seeds": seeds_for(self.user)[:SHOWN], "number": seeds_for(self.user).count()}


def seeds_for(user):
    """Return the seeds that `user` may read, the newest first, of meetings whose notes are closed."""
    seeds = Outcome.objects.visible_to(user).filter(kind=Outcome.Kind.SEED, question__meeting__state="held")
    return seeds.select_related("question__meeting__space").order_by("-at", "-pk")
