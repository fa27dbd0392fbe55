//! Country calling codes (ITU-T E.164), and where a telephone number in one piece is cut into its code and the rest.
//!
//! No code begins with another one, so there is one cut at the most. Codes of services that belong to no country (satellites,
//! free calls) are left out.

/// Every code that is assigned to a country or territory.
const CODES: &str = "1 7 \
    20 27 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 \
    240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 \
    290 291 297 298 299 \
    30 31 32 33 34 36 39 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 379 \
    380 381 382 383 385 386 387 389 \
    40 41 43 44 45 46 47 48 49 420 421 423 \
    51 52 53 54 55 56 57 58 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 \
    60 61 62 63 64 65 66 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 \
    81 82 84 86 850 852 853 855 856 880 886 \
    90 91 92 93 94 95 98 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 992 993 994 995 996 998";

/// Areas that share a code with other countries, and that some lists of countries hold as a part of the code: the countries of
/// the North American plan besides the United States and Canada, the Channel Islands and Man, Curaçao, Åland.
const SHARED: [(&str, &str); 4] = [
    (
        "1",
        "242 246 264 268 284 340 345 441 473 649 658 664 670 671 684 721 758 767 784 787 809 829 849 868 869 876 939",
    ),
    ("44", "1481 1534 1624"),
    ("599", "9"),
    ("358", "18"),
];

/// The country code that digits begin with.
pub fn code_of(digits: &str) -> Option<&str> {
    let codes = (1..=3).filter_map(|length| digits.get(..length));
    codes.into_iter().find(|start| CODES.split_ascii_whitespace().any(|code| code == *start))
}

/// The area behind a code that some lists hold as a part of the code.
pub fn shared_area(code: &str, number: &str) -> Option<&'static str> {
    let (_, areas) = SHARED.iter().find(|(shared, _)| *shared == code)?;
    areas.split_ascii_whitespace().find(|area| number.starts_with(area))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_begins_with_another() {
        let codes: Vec<&str> = CODES.split_ascii_whitespace().collect();
        for (at, code) in codes.iter().enumerate() {
            assert!((1..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
            assert!(!codes.iter().enumerate().any(|(other, long)| other != at && long.starts_with(code)), "{code}");
        }
    }

    #[test]
    fn digits_are_cut_behind_their_country_code() {
        for (digits, code) in [
            ("6591234567", Some("65")),
            ("12025550143", Some("1")),
            ("8613800138000", Some("86")),
            ("447700900123", Some("44")),
            ("85291234567", Some("852")),
            ("998901234567", Some("998")),
            ("999123", None),
            ("8001234567", None),
            ("2101", None),
            ("0", None),
            ("6", None),
            ("", None),
        ] {
            assert_eq!(code_of(digits), code, "{digits}");
        }
        assert_eq!(shared_area("1", "8685551234"), Some("868"));
        assert_eq!(shared_area("44", "1481256789"), Some("1481"));
        assert_eq!((shared_area("1", "2025550143"), shared_area("65", "8685551234")), (None, None));
    }
}
