from django.contrib.auth.hashers import Argon2PasswordHasher


class LeanArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane, OWASP's first recommendation.

    Django's defaults (100 MiB, eight lanes) cost eight times the processor time: as
    much as all the rest of a learner's journey.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
