"""Made-up personal data and secrets, one value per kind. None of it may leave, or show in what Tollgate writes."""

EMAIL = "jane.roe+invoices@mail.example.org"

VALUES = {
    "email": EMAIL,
    "phone": "+1 415-555-0132",
    "us_ssn": "536-22-8791",
    "payment_card": "4539 1488 0343 6467",
    "iban": "DE89 3704 0044 0532 0130 00",
    "ip_address": "203.0.113.77",
    "api_key": "ghp_" + "k8Zq2Wx7Lm4Rt9Vb1Nc6Ys3Df5Gh0Jp2Qa7e",
}

# Further values of the same kinds.
OTHERS = (
    "john.doe@mail.example.net",
    "2001:db8:85a3::8a2e:370:7334",
    "AKIA" + "Q7WX2LMRT5VB4NC6",
    "GB82WEST12345698765432",
    "5555555555554444",
)

ALL = (*VALUES.values(), *OTHERS)
