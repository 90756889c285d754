from wagtail import fields


class StreamField(fields.StreamField):
    """A StreamField whose blocks stay out of migrations: they change often."""

    def deconstruct(self):
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs
