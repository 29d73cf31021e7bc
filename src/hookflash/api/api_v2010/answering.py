"""The parameters that say where a number, a short code, the sandbox or an application is answered."""

from hookflash.api.params import Param, boolean, choice, friendly_name, http_method, sid_of, web_url
from hookflash.errors import Code

API_VERSION = Param("ApiVersion", "api_version", choice("2010-04-01", "2008-08-01"))
FRIENDLY_NAME = Param("FriendlyName", "friendly_name", friendly_name)
CALLER_ID_LOOKUP = Param("VoiceCallerIdLookup", "voice_caller_id_lookup", boolean)

STATUS_CALLBACK = (
    Param("StatusCallback", "status_callback", web_url),
    Param("StatusCallbackMethod", "status_callback_method", http_method),
)
VOICE = (Param("VoiceUrl", "voice_url", web_url), Param("VoiceMethod", "voice_method", http_method))
VOICE_FALLBACK = (
    Param("VoiceFallbackUrl", "voice_fallback_url", web_url),
    Param("VoiceFallbackMethod", "voice_fallback_method", http_method),
)
SMS = (Param("SmsUrl", "sms_url", web_url), Param("SmsMethod", "sms_method", http_method))
SMS_FALLBACK = (
    Param("SmsFallbackUrl", "sms_fallback_url", web_url),
    Param("SmsFallbackMethod", "sms_fallback_method", http_method),
)
APPLICATIONS = (
    Param("VoiceApplicationSid", "voice_application_sid", sid_of("AP", Code.INVALID_APPLICATION)),
    Param("SmsApplicationSid", "sms_application_sid", sid_of("AP", Code.INVALID_APPLICATION)),
)
