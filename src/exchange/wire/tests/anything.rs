//! Anything at all: no bytes end the program.

use super::*;

fn every_parser(body: &[u8]) {
    type Parser = fn(&Data<'_>) -> bool;
    let parsers: [Parser; 10] = [
        |d| balances(d).is_ok(),
        |d| user_info(d).is_ok(),
        |d| order_id(d).is_ok(),
        |d| outgoing(d).is_ok(),
        |d| incoming(d).is_ok(),
        |d| deposit_addresses(d).is_ok(),
        |d| coins(d).is_ok(),
        |d| rates(d).is_ok(),
        |d| last_price(d).is_ok(),
        |d| futures_balance(d, &text("USDT")).is_ok(),
    ];
    for parser in parsers {
        for api in [Api::Spot, Api::Futures] {
            if let Ok(data) = open(api, body) {
                parser(&data);
            }
        }
    }
}

const SAMPLE: &str = r#"{"code":"0","msg":"Success","data":[{"id":1909877667383767042,"type":"deposit","coin":"TRX",
"network":"Tron (TRC-20)","amount":"10.00000000","fee":1e-3,"status":"pending","ctime":1744185294000,"memo":null}]}"#;

#[test]
fn a_reply_cut_at_any_byte_is_never_taken_for_whole() {
    for cut in 0..SAMPLE.len() {
        assert!(is_not_the_api(&open(Api::Spot, &SAMPLE.as_bytes()[..cut])), "cut at {cut}");
    }
    assert!(open(Api::Spot, SAMPLE.as_bytes()).is_ok());
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic_the_parsers(bytes: Vec<u8>) {
        every_parser(&bytes);
        let mut inside = b"{\"code\":0,\"data\":".to_vec();
        inside.extend(&bytes);
        inside.push(b'}');
        every_parser(&inside);
    }

    #[test]
    fn no_damage_to_a_real_reply_panics_the_parsers(at in 0..SAMPLE.len(), byte: u8, cut in 0..40_usize) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        bytes[at] = byte;
        every_parser(&bytes);
        bytes.drain(at..(at + cut).min(bytes.len()));
        every_parser(&bytes);
    }

    #[test]
    fn no_value_panics_the_parsers(value in json(), key in "id|coin|amount|uid|networks|rate|withdrawId|ctime|data|code") {
        every_parser(format!(r#"{{"code":0,"data":{value}}}"#).as_bytes());
        every_parser(format!(r#"{{"code":0,"data":[{{"{key}":{value}}}]}}"#).as_bytes());
        every_parser(format!(r#"{{"code":{value},"msg":{value}}}"#).as_bytes());
    }
}

fn json() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let leaf = prop_oneof![
        Just(String::from("null")),
        any::<bool>().prop_map(|b| b.to_string()),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?",
        any::<String>().prop_map(|s| serde_json::to_string(&s).unwrap()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|all| format!("[{}]", all.join(","))),
            proptest::collection::vec(("id|coin|type|withdrawId|x", inner), 0..4).prop_map(|all| {
                let fields: Vec<_> = all.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}
