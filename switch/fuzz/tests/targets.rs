#![allow(clippy::print_stdout)] // shown only when a test fails: which input it was
//! The table of targets: each is tried on its corpus, then on damaged inputs of it.

use hookflash_fuzz::{Input, corpus, damaged, targets};
use std::time::Duration;

macro_rules! targets {
    ($($target:ident: $folder:literal,)*) => {
        $(
            /// No input of the corpus breaks a rule, nor does what is made from it by accident.
            #[test]
            fn $target() {
                let corpus = corpus($folder);
                for (path, input) in &corpus {
                    println!("{}", path.display());
                    targets::$target::check(&input.0);
                }
                bolero::check!()
                    .with_test_time(Duration::from_millis(300))
                    .with_generator(damaged(corpus))
                    .for_each(|input: &Input| targets::$target::check(&input.0));
            }
        )*
    };
}

targets! {
    digest: "fuzz/corpus/digest",
    dns_answer: "fuzz/corpus/dns_answer",
    dtmf: "fuzz/corpus/dtmf",
    rtcp: "fuzz/corpus/rtcp",
    rtp: "fuzz/corpus/rtp",
    session_description: "fuzz/corpus/session_description",
    sip_message: "sip/tests/torture",
    sip_stream: "sip/tests/torture",
    srtp: "fuzz/corpus/srtp",
    transactions: "fuzz/corpus/transactions",
}
