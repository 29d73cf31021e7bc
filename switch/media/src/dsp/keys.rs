//! Keys as tones (DTMF, ITU-T Q.23): the generator. What hears them is [`super::detect`].

use super::oscillator::{Sine, peak};

/// The rows of the keypad, in Hz.
pub const ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
/// The columns of the keypad, in Hz.
pub const COLUMNS: [f64; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];
/// The keys, row by row.
pub const KEYPAD: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// How long a key sounds, and how long it is quiet after it.
const ON_MS: u32 = 100;
const OFF_MS: u32 = 100;
/// Levels of row and column; the higher frequency is sent louder, since lines weaken it more (Q.23).
const ROW_DBM0: f64 = -9.0;
const COLUMN_DBM0: f64 = -7.0;
/// Rise and fall.
const EDGE_MS: u32 = 2;

/// Row and column of a key; small letters are taken for large ones.
fn place(key: char) -> Option<(usize, usize)> {
    let key = key.to_ascii_uppercase();
    let cells = (0..4).flat_map(|row| (0..4).map(move |column| (row, column)));
    cells.into_iter().find(|&(row, column)| KEYPAD[row][column] == key)
}

/// The sound of a string of keys: `0-9 A-D * #`; `w` waits 500 ms, `W` 1 s.
pub struct KeyTones {
    keys: std::vec::IntoIter<char>,
    rate: u32,
    sines: Option<(Sine, Sine)>,
    position: u32,
    on: u32,
    all: u32,
}

impl KeyTones {
    /// The sound of `keys` at `rate` Hz, or the first character that is none.
    pub fn new(keys: &str, rate: u32) -> Result<KeyTones, char> {
        let keys: Vec<char> = keys.chars().collect();
        match keys.iter().find(|key| place(**key).is_none() && !matches!(key, 'w' | 'W')) {
            Some(&stranger) => Err(stranger),
            None => Ok(KeyTones { keys: keys.into_iter(), rate, sines: None, position: 0, on: 0, all: 0 }),
        }
    }

    /// The next samples; fewer than there is room for when the last key is over.
    pub fn fill(&mut self, out: &mut [i16]) -> usize {
        for (done, sample) in out.iter_mut().enumerate() {
            if self.position == self.all && !self.next_key() {
                return done;
            }
            *sample = self.sample();
        }
        out.len()
    }

    fn next_key(&mut self) -> bool {
        let Some(key) = self.keys.next() else {
            return false;
        };
        let samples = |ms: u32| ms * self.rate / 1_000;
        (self.sines, self.on, self.all) = match (key, place(key)) {
            (_, Some((row, column))) => {
                let low = Sine::new(ROWS[row], peak(ROW_DBM0), self.rate);
                let high = Sine::new(COLUMNS[column], peak(COLUMN_DBM0), self.rate);
                (Some((low, high)), samples(ON_MS), samples(ON_MS + OFF_MS))
            }
            ('w', None) => (None, 0, samples(500)),
            _ => (None, 0, samples(1_000)),
        };
        self.position = 0;
        true
    }

    fn sample(&mut self) -> i16 {
        let position = self.position;
        self.position += 1;
        let Some((low, high)) = self.sines.as_mut().filter(|_| position < self.on) else {
            return 0;
        };
        let edge = EDGE_MS * self.rate / 1_000;
        let share = f64::from(position.min(self.on - position).min(edge)) / f64::from(edge);
        ((low.next() + high.next()) * share) as i16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(keys: &str, rate: u32) -> Vec<i16> {
        let mut tones = KeyTones::new(keys, rate).unwrap();
        let (mut out, mut frame) = (Vec::new(), [0; 160]);
        loop {
            let made = tones.fill(&mut frame);
            out.extend_from_slice(&frame[..made]);
            if made < frame.len() {
                return out;
            }
        }
    }

    /// A key takes 100 ms and as much pause, `w` half a second, `W` a second, at any rate.
    #[test]
    fn length() {
        assert_eq!(all("1w#W", 8_000).len(), 8 * (200 + 500 + 200 + 1_000));
        assert_eq!(all("0", 16_000).len(), 16 * 200);
        assert!(all("", 8_000).is_empty());
        assert!(all("1w", 8_000)[800..].iter().all(|s| *s == 0));
    }

    /// What is no key is named.
    #[test]
    fn strangers() {
        assert_eq!(KeyTones::new("12x", 8_000).err(), Some('x'));
        assert!(KeyTones::new("0123456789ABCDabcd*#wW", 8_000).is_ok());
    }
}
