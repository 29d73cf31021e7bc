//! Call progress tones by country (ITU-T E.180 and its supplement 2, with what exchanges there really send), and the
//! beep before a recording.

use super::oscillator::{Sine, peak};

/// Level of a whole tone; within -10 ± 5 dBm0 of E.180 §3.
const LEVEL_DBM0: f64 = -12.0;
/// How long a tone takes to rise and to fall, so that nothing clicks.
const EDGE_MS: u32 = 4;

/// A country's tones: code as in `<Dial ringTone>`, then dial tone, busy, ringback, congestion.
///
/// A cadence is a list of `frequencies/ms`, again and again; one without a length sounds on. `a+b` are two frequencies
/// at once, `a*b` is `a` modulated by `b`, 0 is silence.
const COUNTRIES: [(&str, [&str; 4]); 40] = [
    ("at", ["420", "420/400,0/400", "420/1000,0/5000", "420/200,0/200"]),
    ("au", ["413+438", "425/375,0/375", "413+438/400,0/200,413+438/400,0/2000", "425/375,0/375,420/375,0/375"]),
    ("be", ["425", "425/500,0/500", "425/1000,0/3000", "425/167,0/167"]),
    ("bg", ["425", "425/500,0/500", "425/1000,0/4000", "425/250,0/250"]),
    ("br", ["425", "425/250,0/250", "425/1000,0/4000", "425/250,0/250,425/750,0/250"]),
    ("ch", ["425", "425/500,0/500", "425/1000,0/4000", "425/200,0/200"]),
    ("cl", ["400", "400/500,0/500", "400/1000,0/3000", "400/200,0/200"]),
    ("cn", ["450", "450/350,0/350", "450/1000,0/4000", "450/700,0/700"]),
    ("cz", ["425/330,0/330,425/660,0/660", "425/330,0/330", "425/1000,0/4000", "425/165,0/165"]),
    ("de", ["425", "425/480,0/480", "425/1000,0/4000", "425/240,0/240"]),
    ("dk", ["425", "425/500,0/500", "425/1000,0/4000", "425/200,0/200"]),
    ("ee", ["425", "425/300,0/300", "425/1000,0/4000", "425/200,0/200"]),
    ("es", ["425", "425/200,0/200", "425/1500,0/3000", "425/200,0/200,425/200,0/200,425/200,0/600"]),
    ("fi", ["425", "425/300,0/300", "425/1000,0/4000", "425/200,0/200"]),
    ("fr", ["440", "440/500,0/500", "440/1500,0/3500", "440/250,0/250"]),
    ("gr", ["425/200,0/300,425/700,0/800", "425/300,0/300", "425/1000,0/4000", "425/200,0/200"]),
    ("hu", ["425", "425/300,0/300", "425/1250,0/3750", "425/300,0/300"]),
    ("il", ["414", "414/500,0/500", "414/1000,0/3000", "414/250,0/250"]),
    ("in", ["400*25", "400/750,0/750", "400*25/400,0/200,400*25/400,0/2000", "400/250,0/250"]),
    ("it", ["425/200,0/200,425/600,0/1000", "425/500,0/500", "425/1000,0/4000", "425/200,0/200"]),
    ("jp", ["400", "400/500,0/500", "400*16/1000,0/2000", "400/500,0/500"]),
    ("lt", ["425", "425/350,0/350", "425/1000,0/4000", "425/200,0/200"]),
    ("mx", ["425", "425/250,0/250", "425/1000,0/4000", "425/250,0/250"]),
    ("my", ["425", "425/500,0/500", "425/400,0/200,425/400,0/2000", "425/250,0/250"]),
    ("nl", ["425", "425/500,0/500", "425/1000,0/4000", "425/250,0/250"]),
    ("no", ["425", "425/500,0/500", "425/1000,0/4000", "425/200,0/200"]),
    ("nz", ["400", "400/500,0/500", "400+450/400,0/200,400+450/400,0/2000", "400/250,0/250"]),
    ("ph", ["425", "480+620/500,0/500", "425+480/1000,0/4000", "480+620/250,0/250"]),
    ("pl", ["425", "425/500,0/500", "425/1000,0/4000", "425/500,0/500"]),
    ("pt", ["425", "425/500,0/500", "425/1000,0/5000", "425/200,0/200"]),
    ("ru", ["425", "425/350,0/350", "425/800,0/3200", "425/175,0/175"]),
    ("se", ["425", "425/250,0/250", "425/1000,0/5000", "425/250,0/750"]),
    ("sg", ["425", "425/750,0/750", "425*24/400,0/200,425*24/400,0/2000", "425/250,0/250"]),
    ("th", ["400*50", "400/500,0/500", "400/1000,0/4000", "400/300,0/300"]),
    ("tw", ["350+440", "480+620/500,0/500", "440+480/1000,0/2000", "480+620/250,0/250"]),
    ("uk", ["350+440", "400/375,0/375", "400+450/400,0/200,400+450/400,0/2000", "400/400,0/350,400/225,0/525"]),
    ("us", ["350+440", "480+620/500,0/500", "440+480/2000,0/4000", "480+620/250,0/250"]),
    ("us-old", ["600*120", "500*100/500,0/500", "420*40/2000,0/4000", "500*100/250,0/250"]),
    ("ve", ["425", "425/500,0/500", "425/1000,0/4000", "425/250,0/250"]),
    ("za", ["400*33", "400/500,0/500", "400*33/400,0/200,400*33/400,0/2000", "400/250,0/250"]),
];

/// What is played before a recording begins; how long is up to the player.
const BEEP: &str = "1000";

/// Codes of the countries whose tones are known.
pub fn countries() -> impl Iterator<Item = &'static str> {
    COUNTRIES.iter().map(|(code, _)| *code)
}

/// The cadence of `ringback.de`, `busy.us`, `congestion.uk`, `dial.fr` or `beep`.
fn cadence(name: &str) -> Option<&'static str> {
    if name == "beep" {
        return Some(BEEP);
    }
    let (kind, country) = name.split_once('.')?;
    let (_, [dial, busy, ringback, congestion]) = COUNTRIES.iter().find(|(code, _)| *code == country)?;
    match kind {
        "dial" => Some(dial),
        "busy" => Some(busy),
        "ringback" => Some(ringback),
        "congestion" => Some(congestion),
        _ => None,
    }
}

/// A part of a cadence: up to three sines at once; none is silence.
struct Part {
    sines: Vec<(f64, f64)>,
    /// In samples; `None`: without end.
    length: Option<usize>,
}

/// A tone that sounds for as long as it is asked to.
pub struct Tone {
    parts: Vec<Part>,
    rate: u32,
    part: usize,
    position: usize,
    sines: Vec<Sine>,
}

impl Tone {
    /// The tone of a name, such as `ringback.us`, `busy.de`, `congestion.uk`, `dial.fr` or `beep`, at `rate` Hz.
    pub fn named(name: &str, rate: u32) -> Option<Tone> {
        let parts: Option<Vec<Part>> = cadence(name)?.split(',').map(|text| part(text, rate)).collect();
        let mut tone = Tone { parts: parts?, rate, part: 0, position: 0, sines: Vec::with_capacity(3) };
        tone.begin(0);
        Some(tone)
    }

    fn begin(&mut self, part: usize) {
        self.part = part;
        self.position = 0;
        let sines = self.parts[part].sines.iter();
        self.sines.clear();
        self.sines.extend(sines.map(|&(hz, peak)| Sine::new(hz, peak, self.rate)));
    }

    /// The next samples.
    pub fn fill(&mut self, out: &mut [i16]) {
        for sample in out {
            let length = self.parts[self.part].length;
            if Some(self.position) == length {
                self.begin((self.part + 1) % self.parts.len());
            }
            let left = self.parts[self.part].length.map_or(usize::MAX, |length| length - self.position);
            let edge = (self.rate * EDGE_MS / 1_000) as usize;
            let share = self.position.min(left).min(edge) as f64 / edge as f64;
            *sample = (self.sines.iter_mut().map(Sine::next).sum::<f64>() * share) as i16;
            self.position += 1;
        }
    }
}

/// A part from its text, as in [`COUNTRIES`].
fn part(text: &str, rate: u32) -> Option<Part> {
    let (tone, length) = match text.split_once('/') {
        Some((tone, ms)) => (tone, Some(ms.parse::<usize>().ok()? * rate as usize / 1_000)),
        None => (text, None),
    };
    let peak = peak(LEVEL_DBM0);
    let sines = if tone == "0" {
        Vec::new()
    } else if let Some((low, high)) = tone.split_once('+') {
        let each = peak / 2_f64.sqrt();
        vec![(low.parse().ok()?, each), (high.parse().ok()?, each)]
    } else if let Some((carrier, by)) = tone.split_once('*') {
        let (carrier, by): (f64, f64) = (carrier.parse().ok()?, by.parse().ok()?);
        let full = peak / 1.5_f64.sqrt(); // a carrier and two sidebands of half its size
        vec![(carrier, full), (carrier - by, full / 2.0), (carrier + by, full / 2.0)]
    } else {
        vec![(tone.parse().ok()?, peak)]
    };
    Some(Part { sines, length })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(name: &str, ms: usize) -> Vec<i16> {
        let mut out = vec![0; ms * 8];
        Tone::named(name, 8_000).unwrap().fill(&mut out);
        out
    }

    fn rms(samples: &[i16]) -> f64 {
        (samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len() as f64).sqrt()
    }

    /// Strength of one frequency, as the peak of a sine.
    fn strength(samples: &[i16], hz: f64) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        for (i, &s) in samples.iter().enumerate() {
            let angle = std::f64::consts::TAU * hz * i as f64 / 8_000.0;
            re += f64::from(s) * angle.cos();
            im += f64::from(s) * angle.sin();
        }
        2.0 * (re * re + im * im).sqrt() / samples.len() as f64
    }

    /// Every country has its four tones, at every rate that a codec has, and each is heard.
    #[test]
    fn every_country_sounds() {
        for country in countries() {
            for kind in ["dial", "busy", "ringback", "congestion"] {
                let heard = sound(&format!("{kind}.{country}"), 300);
                let level = 20.0 * (rms(&heard[..1_200]) / (peak(0.0) / 2_f64.sqrt())).log10();
                assert!((-15.0..=-10.0).contains(&level), "{kind}.{country}: {level} dBm0");
            }
        }
        assert_eq!(countries().count(), 40);
    }

    /// The ringback tone of the USA is 440 + 480 Hz, 2 s on and 4 s off; it comes again (E.180 supplement 2).
    #[test]
    fn ringback_of_the_usa() {
        let heard = sound("ringback.us", 12_000);
        assert!(rms(&heard[100 * 8..1_900 * 8]) > 2_000.0 && rms(&heard[6_100 * 8..7_900 * 8]) > 2_000.0);
        assert!(heard[2_000 * 8..6_000 * 8].iter().all(|s| *s == 0));
        for hz in [440.0, 480.0] {
            assert!((strength(&heard[..8_000], hz) / peak(-15.0) - 1.0).abs() < 0.05, "{hz}");
        }
        assert!(strength(&heard[..8_000], 460.0) < 50.0);
    }

    /// Modulation by 25 Hz makes a carrier with sidebands, and the British tone rings twice.
    #[test]
    fn modulated_and_double() {
        let heard = &sound("ringback.in", 400)[400..2_800];
        let (carrier, side) = (strength(heard, 400.0), strength(heard, 425.0));
        assert!((carrier / side - 2.0).abs() < 0.1, "{carrier} {side}");
        let uk = sound("ringback.uk", 3_000);
        let on = |ms: usize| rms(&uk[ms * 8..(ms + 100) * 8]) > 1_000.0;
        assert_eq!([on(100), on(450), on(700), on(1_100), on(2_800)], [true, false, true, false, false]);
    }

    /// A tone starts and ends without a step, and a continuous one keeps its level for an hour.
    #[test]
    fn no_clicks_and_no_drift() {
        let busy = sound("busy.us", 2_000);
        assert!(busy.windows(2).all(|w| (i32::from(w[1]) - i32::from(w[0])).abs() < 4_000));
        let mut beep = Tone::named("beep", 8_000).unwrap();
        let mut second = [0; 8_000];
        beep.fill(&mut second);
        let first = rms(&second[100..]);
        for _ in 0..3_600 {
            beep.fill(&mut second);
        }
        assert!((rms(&second) / first - 1.0).abs() < 0.001);
    }

    /// A name that is none is told apart from silence.
    #[test]
    fn unknown_names() {
        for name in ["", "ringback", "ringback.xx", "hum.us", "beep.us", "us.ringback"] {
            assert!(Tone::named(name, 8_000).is_none(), "{name}");
        }
    }
}
