from django.core.mail.backends.console import EmailBackend as ConsoleBackend
from django.core.mail.backends.filebased import EmailBackend as FileBackend


class ReadableBackend(FileBackend):
    """For development: every e-mail goes to the console and to a folder."""

    def send_messages(self, messages):
        ConsoleBackend(fail_silently=self.fail_silently).send_messages(messages)
        return super().send_messages(messages)
