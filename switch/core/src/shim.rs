//! shim
use std::path::Path;
pub fn read_all(path: &Path, _raw: bool) -> Result<Vec<i16>, String> {
    let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
    Ok(bytes.get(44..).unwrap_or(&[]).chunks_exact(2).map(|p| i16::from_le_bytes([p[0], p[1]])).collect())
}
pub struct Match { pub at_ms: u64, pub score: f32 }
pub fn find(heard: &[i16], wanted: &[i16]) -> Option<Match> {
    // normalised correlation, decimated brute force
    if wanted.len() < 800 || heard.len() < wanted.len() { return None; }
    let step = 4; let w: Vec<f32> = wanted.iter().step_by(step).map(|&x| f32::from(x)).collect();
    let h: Vec<f32> = heard.iter().step_by(step).map(|&x| f32::from(x)).collect();
    let we: f32 = w.iter().map(|x| x * x).sum::<f32>().sqrt();
    let mut best = (0usize, 0f32);
    for at in 0..=(h.len() - w.len()) {
        let seg = &h[at..at + w.len()];
        let mut dot = 0f32; let mut e = 0f32;
        for (a, b) in seg.iter().zip(&w) { dot += a * b; e += a * a; }
        let s = if e > 0.0 { dot / (e.sqrt() * we) } else { 0.0 };
        if s > best.1 { best = (at, s); }
    }
    (best.1 > 0.6).then(|| Match { at_ms: (best.0 * step / 8) as u64, score: best.1 })
}
