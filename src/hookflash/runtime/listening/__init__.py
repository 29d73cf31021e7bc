"""Those who listen to calls: speech that is understood, recordings and transcriptions that go on beside a document."""
