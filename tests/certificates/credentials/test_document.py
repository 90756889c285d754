import copy

import pytest

from certificates.credentials.document import credential, hidden_email
from tests.certificates.credentials.samples import (
    ATTENDANCE,
    DID,
    FAR_AHEAD,
    HISTORY,
    INDEX,
    ISSUER,
    KINDS,
    LIST,
    MODULE,
    PATH,
    PLACEMENT,
    SITE,
    make_document,
    make_issue,
)

ACHIEVEMENT = "https://learn.example.org/achievements/module/M04/2026-1"
TITLE = "Guider à l’écran sans voir l’écran"
DIGCOMP = "https://joint-research-centre.ec.europa.eu/digcomp/digcomp-framework_en"


def digcomp(code):
    return {
        "type": ["Alignment"],
        "targetType": "CFItem",
        "targetCode": code,
        "targetFramework": "DigComp 3.0",
        "targetName": f"DigComp 3.0, compétence {code}",
        "targetUrl": DIGCOMP,
        "targetDescription": "Correspondance indicative, établie par la plateforme.",
    }


def test_a_module():
    assert make_document(valid_until=FAR_AHEAD) == {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        ],
        "id": "https://learn.example.org/v/7K3M9QXA2BVT5N82",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": TITLE,
        "issuer": {
            "id": DID,
            "type": ["Profile"],
            "name": "Repère",
            "url": "https://learn.example.org",
        },
        "validFrom": "2024-01-15T09:00:00Z",
        "validUntil": "2999-12-31T00:00:00Z",
        "awardedDate": "2024-01-15T09:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:6b1d2f0e-8f1f-4f0e-9a62-000000000007",
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": "Awa Ndiaye",
                    "identityType": "name",
                },
                hidden_email("awa.ndiaye@example.org", "60ef31c485c44487"),
            ],
            "activityStartDate": "2026-11-03T12:00:00Z",
            "activityEndDate": "2026-11-22T12:00:00Z",
            "achievement": {
                "id": ACHIEVEMENT,
                "type": ["Achievement"],
                "achievementType": "Course",
                "inLanguage": "fr",
                "version": "2026-1",
                "name": TITLE,
                "description": f"Module M04 «\u00a0{TITLE}\u00a0», version 2026-1, "
                "durée moyenne 1\u00a0h\u00a030. Ni diplôme, ni certification "
                "professionnelle enregistrée au RNCP ou au répertoire spécifique.",
                "criteria": {
                    "id": f"{ACHIEVEMENT}#criteria",
                    "narrative": "Suivre le module jusqu’au bout et réussir son bilan, "
                    "avec au moins 75\u00a0% de bonnes réponses. Ce qui est "
                    "travaillé\u00a0: préparer un appel\u00a0; conclure par une suite "
                    "datée.",
                },
                "image": {
                    "id": f"{ACHIEVEMENT}/badge.svg",
                    "type": "Image",
                    "caption": f"Badge\u00a0: {TITLE}",
                },
                "alignment": [
                    {
                        "type": ["Alignment"],
                        "targetType": "CFItem",
                        "targetCode": "F2",
                        "targetFramework": "Référentiel de compétences Repère",
                        "targetName": "Guider à distance, pas à pas",
                        "targetUrl": "https://learn.example.org/framework/F2",
                    },
                    digcomp("2.1"),
                    digcomp("2.5"),
                    digcomp("4.3"),
                ],
                "resultDescription": [
                    {
                        "id": f"{ACHIEVEMENT}#score",
                        "type": ["ResultDescription"],
                        "name": "Bonnes réponses au bilan",
                        "resultType": "Percent",
                        "valueMin": "0",
                        "valueMax": "100",
                        "requiredValue": "75",
                    }
                ],
            },
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": f"{ACHIEVEMENT}#score",
                    "value": "88",
                }
            ],
        },
        "credentialStatus": {
            "id": f"{LIST}#{INDEX}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(INDEX),
            "statusListCredential": LIST,
        },
        "credentialSchema": [
            {
                "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/"
                "ob_v3p0_achievementcredential_schema.json",
                "type": "1EdTechJsonSchemaValidator2019",
            }
        ],
    }


@pytest.mark.parametrize(
    "facts, official, name, address",
    [
        (MODULE, "Course", TITLE, "module/M04/2026-1"),
        (PATH, "LearningProgram", "Accompagner à distance", "path/P1/1"),
        (PLACEMENT, "Assessment", "Positionnement", "placement/3"),
        (
            ATTENDANCE,
            "ext:Attendance",
            "Le partage d’écran en pratique",
            "attendance/S12",
        ),
        (HISTORY, "ext:TrainingHistory", "Historique de formation", "history"),
    ],
    ids=KINDS,
)
def test_kinds(facts, official, name, address):
    achieved = make_document(facts)["credentialSubject"]["achievement"]

    assert achieved["achievementType"] == official
    assert achieved["name"] == name
    assert achieved["id"] == f"https://learn.example.org/achievements/{address}"


@pytest.mark.parametrize(
    "facts, sentence",
    [
        (MODULE, "avec au moins 75\u00a0% de bonnes réponses."),
        (MODULE | {"pass_mark_percent": None}, "jusqu’au bout et réussir son bilan."),
        (
            MODULE | {"pass_mark_percent": None, "score_percent": None},
            "Suivre le module jusqu’au bout.",
        ),
        (PATH, "Terminer chacun des modules du parcours."),
        (ATTENDANCE, "Participer à la séance."),
        (MODULE | {"language": "en"}, "with at least 75% of right answers."),
    ],
)
def test_criteria(facts, sentence):
    achieved = make_document(facts)["credentialSubject"]["achievement"]

    assert sentence in achieved["criteria"]["narrative"]


def test_no_result_without_a_score():
    subject = make_document(MODULE | {"score_percent": None})["credentialSubject"]

    assert "result" not in subject
    assert "resultDescription" not in subject["achievement"]


def test_a_placement_gives_a_range_for_each_area():
    subject = make_document(PLACEMENT)["credentialSubject"]

    assert [
        (
            result["alignment"][0]["targetCode"],
            result["value"],
            result["achievedLevel"].rpartition("/")[2],
        )
        for result in subject["result"]
    ] == [
        ("A", "4–5", "4"),
        ("B", "3–4", "3"),
        ("C", "2–3", "2"),
        ("D", "5–6", "5"),
        ("E", "1–2", "1"),
        ("F", "4–5", "4"),
    ]
    assert subject["narrative"].startswith(
        "A. Outils et environnements numériques de travail\u00a0: niveau 4 à 5. B. "
    )
    assert subject["narrative"].endswith(" Questions posées\u00a0: 42.")


def test_levels_reached_are_levels_of_the_scale():
    subject = make_document(PLACEMENT)["credentialSubject"]
    [scale] = subject["achievement"]["resultDescription"]
    levels = [level["id"] for level in scale["rubricCriterionLevel"]]

    assert [level["level"] for level in scale["rubricCriterionLevel"]] == [*"12345678"]
    assert {result["achievedLevel"] for result in subject["result"]} <= set(levels)
    assert {result["resultDescription"] for result in subject["result"]} == {
        scale["id"]
    }


def with_range(low, high):
    return PLACEMENT | {"areas": [{"code": "A", "name": "A", "low": low, "high": high}]}


def test_a_range_of_one_level_is_one_level():
    subject = make_document(with_range(4, 4))["credentialSubject"]

    assert subject["result"][0]["value"] == "4"
    assert subject["narrative"] == "A. A\u00a0: niveau 4. Questions posées\u00a0: 42."


@pytest.mark.parametrize("low, high", [(0, 3), (3, 9), (5, 4)])
def test_refuses_a_range_that_is_none(low, high):
    with pytest.raises(ValueError, match=f"from level {low} to level {high}"):
        make_document(with_range(low, high))


def test_a_path_lists_its_modules():
    assert make_document(PATH)["evidence"] == [
        {
            "type": ["Evidence"],
            "name": f"M04 {TITLE}",
            "narrative": "Terminé le 22\u00a0novembre\u00a02026, 1\u00a0h\u00a030, "
            "88\u00a0% de bonnes réponses.",
        },
        {
            "type": ["Evidence"],
            "name": "M05 Protéger les données des personnes",
            "narrative": "Terminé le 1er\u00a0décembre\u00a02026, 45\u00a0min.",
        },
    ]


def test_an_address_is_only_given_as_a_digest():
    # printf 'awa.ndiaye@example.org60ef31c485c44487' | sha256sum
    assert hidden_email(" Awa.Ndiaye@example.org ", "60ef31c485c44487") == {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": "sha256$"
        "eaaea975d556963a6a16d6f4cdb45f3cec09a328800927f8260f3599aa056939",
        "identityType": "emailAddress",
        "salt": "60ef31c485c44487",
    }


def test_without_an_address_the_name_alone_identifies():
    identifiers = make_document(email="")["credentialSubject"]["identifier"]

    assert [part["identityType"] for part in identifiers] == ["name"]


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="Unknown kind of certificate 'diploma'"):
        credential(MODULE | {"kind": "diploma"}, ISSUER, make_issue(), SITE)


@pytest.mark.parametrize("missing", ["name", "module_code", "duration_minutes"])
def test_a_missing_fact_is_said(missing):
    facts = {name: value for name, value in MODULE.items() if name != missing}

    with pytest.raises(KeyError, match=missing):
        make_document(facts)


def test_facts_are_not_changed():
    facts = copy.deepcopy(PATH)

    make_document(facts)

    assert facts == PATH
