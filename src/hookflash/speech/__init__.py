"""Speech: text that becomes audio, by engines that can be exchanged."""
