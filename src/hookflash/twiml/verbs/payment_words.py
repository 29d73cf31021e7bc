"""What the platform says itself while it takes a payment, by language."""

from hookflash.domain.payment import PaymentField

from .prompt import PROCESSING

LANGUAGES = (
    "de-DE", "en-AU", "en-CA", "en-GB", "en-IN", "en-IE", "en-NZ", "en-PH", "en-ZA", "en-US", "es-ES", "es-US",
    "fr-CA", "fr-FR", "it-IT",
)  # fmt: skip

_F = PaymentField
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        _F.CARD_NUMBER: "Please enter your card number, then press pound.",
        _F.EXPIRATION_DATE: "Please enter the expiration date: two digits for the month, and two for the year.",
        _F.SECURITY_CODE: "Please enter the security code of your card.",
        _F.POSTAL_CODE: "Please enter your postal code, then press pound.",
        _F.ROUTING_NUMBER: "Please enter the routing number of your bank.",
        _F.ACCOUNT_NUMBER: "Please enter the number of your bank account, then press pound.",
        PROCESSING: "Thank you. Your payment is being processed.",
    },
    "de": {
        _F.CARD_NUMBER: "Bitte geben Sie Ihre Kartennummer ein und drücken Sie dann die Rautetaste.",
        _F.EXPIRATION_DATE: "Bitte geben Sie das Ablaufdatum ein: zwei Ziffern für den Monat, zwei für das Jahr.",
        _F.SECURITY_CODE: "Bitte geben Sie die Prüfziffer Ihrer Karte ein.",
        _F.POSTAL_CODE: "Bitte geben Sie Ihre Postleitzahl ein und drücken Sie dann die Rautetaste.",
        _F.ROUTING_NUMBER: "Bitte geben Sie die Bankleitzahl ein.",
        _F.ACCOUNT_NUMBER: "Bitte geben Sie Ihre Kontonummer ein und drücken Sie dann die Rautetaste.",
        PROCESSING: "Danke. Ihre Zahlung wird bearbeitet.",
    },
    "es": {
        _F.CARD_NUMBER: "Introduzca el número de su tarjeta y pulse almohadilla.",
        _F.EXPIRATION_DATE: "Introduzca la fecha de caducidad: dos cifras para el mes y dos para el año.",
        _F.SECURITY_CODE: "Introduzca el código de seguridad de su tarjeta.",
        _F.POSTAL_CODE: "Introduzca su código postal y pulse almohadilla.",
        _F.ROUTING_NUMBER: "Introduzca el número de ruta de su banco.",
        _F.ACCOUNT_NUMBER: "Introduzca el número de su cuenta bancaria y pulse almohadilla.",
        PROCESSING: "Gracias. Su pago se está procesando.",
    },
    "fr": {
        _F.CARD_NUMBER: "Saisissez le numéro de votre carte, puis appuyez sur dièse.",
        _F.EXPIRATION_DATE: "Saisissez la date d'expiration : deux chiffres pour le mois, deux pour l'année.",
        _F.SECURITY_CODE: "Saisissez le code de sécurité de votre carte.",
        _F.POSTAL_CODE: "Saisissez votre code postal, puis appuyez sur dièse.",
        _F.ROUTING_NUMBER: "Saisissez le numéro d'acheminement de votre banque.",
        _F.ACCOUNT_NUMBER: "Saisissez le numéro de votre compte, puis appuyez sur dièse.",
        PROCESSING: "Merci. Votre paiement est en cours.",
    },
    "it": {
        _F.CARD_NUMBER: "Inserisca il numero della carta e prema cancelletto.",
        _F.EXPIRATION_DATE: "Inserisca la data di scadenza: due cifre per il mese e due per l'anno.",
        _F.SECURITY_CODE: "Inserisca il codice di sicurezza della carta.",
        _F.POSTAL_CODE: "Inserisca il codice postale e prema cancelletto.",
        _F.ROUTING_NUMBER: "Inserisca il codice della sua banca.",
        _F.ACCOUNT_NUMBER: "Inserisca il numero del suo conto e prema cancelletto.",
        PROCESSING: "Grazie. Il pagamento è in corso.",
    },
}


def words_for(place: str, language: str) -> str:
    """What is said at `place`: a field that is asked for, or the processing of the payment."""
    return _WORDS[language.partition("-")[0]][place]
