from wagtail.admin.ui.components import Component

from network.review import number_waiting


class ReviewPanel(Component):
    """»Til gennemsyn« on the editors' desk: how many posts wait for this person, and the way there."""

    name = "review"
    order = 60
    template_name = "network/admin/review_panel.html"

    def __init__(self, user):
        self.user = user

    def get_context_data(self, parent_context):
        return {"number": number_waiting(self.user)}
