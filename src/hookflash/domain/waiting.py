"""What people hear who wait, when nobody says otherwise."""

#: A document with music that has no end, which this server answers itself; requested by GET.
HOLD_MUSIC = "http://twimlets.com/holdmusic?Bucket=com.twilio.music.classical"
