//! Tests of the rooms beside, through what they offer.
