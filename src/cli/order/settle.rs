//! The ledger's list, and finding out (or saying) what became of orders whose outcome is not known. The only thing sent is a
//! transfer that the exchange does not have, again under its own id.

use futures_util::future::join_all;

use super::consent::{self, Question};
use super::context::{self, CommandContext, LOOK_UP};
use super::send::{candidate, say_candidates};
use super::{OrdersArgs, SettleArgs, place};
use crate::cli::failure::{BAD_INPUT, End, Failure, MACHINE, NETWORK, UNKNOWN};
use crate::cli::rows::orders::OrderLine;
use crate::domain::locale::Lang;
use crate::domain::{DamagedOrder, Order, OrderId, Outcome, TypedWord, UntrustedText};
use crate::engine::explain::exit_code;
use crate::engine::orders::claims::ListedOrders;
use crate::engine::orders::{Decision, NotBegun, NotDecided, Orders, Reading, words};
use crate::engine::output::{Format, print};

/// `orders`
///
/// # Errors
/// The ledger cannot be read, or standard output is gone.
pub async fn list(context: &mut CommandContext<'_>, args: &OrdersArgs) -> Result<(), End> {
    let limit = args.limit;
    let found = match &context.orders {
        Some(orders) => {
            let found = orders.with_ledger(move |ledger| ListedOrders::read(ledger, limit)).await;
            found.map_err(|why| context.ledger_failed(&why))?
        }
        None => ListedOrders::default(),
    };
    let damaged = match &context.orders {
        Some(orders) => orders.damaged_orders().await.map_err(|why| context.ledger_failed(&why))?,
        None => Vec::new(),
    };
    let contradicted = contradicted(&found, context.lang);
    let found = with_damaged(found, damaged);
    print(&found, args.output.format, context.lang, context.out)?;
    if found.is_empty() {
        context.say(context.lang.t("cli.order.none"));
    }
    for line in contradicted {
        context.say(&line);
    }
    no_damage(context).await
}

/// What records contradict, a line for each order.
fn contradicted(found: &ListedOrders, lang: Lang) -> Vec<String> {
    let of = |order: &Order| {
        let text = words::contradiction(found.contradictions.get(&order.id)?, lang);
        let (number, label) = (order.id.0.to_string(), words::label_of(&order.outcome, lang));
        let values = [("order", number.as_str()), ("label", label), ("text", text.as_str())];
        Some(lang.fill("cli.order.contradicted", &values))
    };
    found.orders.iter().filter_map(of).collect()
}

/// Sound and damaged ones in one list, the newest first.
fn with_damaged(found: ListedOrders, damaged: Vec<DamagedOrder>) -> Vec<OrderLine> {
    let ListedOrders { orders, mut contradictions } = found;
    let sound = orders.into_iter().map(|order| {
        let contradiction = contradictions.remove(&order.id);
        OrderLine::Sound(Box::new(order), contradiction)
    });
    let mut all: Vec<OrderLine> = sound.chain(damaged.into_iter().map(OrderLine::Damaged)).collect();
    all.sort_by_key(|line| std::cmp::Reverse(line.id()));
    all
}

/// Whatever the ledger says, a damaged one before it and a damaged row in it may know more: not all is well until the user
/// has answered for them.
async fn no_damage(context: &CommandContext<'_>) -> Result<(), End> {
    let Some(orders) = &context.orders else { return Ok(()) };
    let failed = |why: UntrustedText| context.ledger_failed(&why);
    if let Some(why) = orders.damage().await.map_err(failed)? {
        return Err(context::not_begun(&why, context.lang).into());
    }
    match orders.damaged_orders().await.map_err(failed)?.into_iter().find(|row| !row.is_answered) {
        Some(row) => Err(context::not_begun(&NotBegun::DamagedOrder(row), context.lang).into()),
        None => Ok(()),
    }
}

/// The user has looked at the exchange's site and goes on without what a damaged row held.
async fn answer_for(context: &mut CommandContext<'_>, orders: &Orders, id: OrderId) -> Result<(), End> {
    let lang = context.lang;
    let damaged = orders.damaged_orders().await.map_err(|why| context.ledger_failed(&why))?;
    let Some(row) = damaged.into_iter().find(|row| row.id == id) else {
        let values = [("order", &*id.0.to_string())];
        return Err(Failure::new(lang, BAD_INPUT, "cli.order.sound", "cli.order.sound_next", &values).into());
    };
    orders.answer_for(row).await.map_err(|why| context.ledger_failed(&why))?;
    context.say(&lang.fill("cli.order.answered", &[("order", &id.0.to_string())]));
    no_damage(context).await
}

/// `settle`
///
/// # Errors
/// An [`End`] with the exit code: 6 while the outcome of any of the orders is not certain.
pub async fn settle(context: &mut CommandContext<'_>, args: &SettleArgs) -> Result<(), End> {
    let lang = context.lang;
    let unknown_order = || Failure::new(lang, BAD_INPUT, "cli.order.no_order", "cli.order.no_order_next", &[]);
    let Some(orders) = context.orders.clone() else {
        if args.order.is_some() {
            return Err(unknown_order().into());
        }
        return none_open(context, args);
    };
    if let (Some(id), true) = (args.order, args.acknowledge_damage) {
        return answer_for(context, &orders, id).await;
    }
    if args.acknowledge_damage {
        orders.acknowledge_damage().await.map_err(|why| context.ledger_failed(&why))?;
        // More than one may have been set aside; each is answered for by itself.
        if let Some(why) = orders.damage().await.map_err(|why| context.ledger_failed(&why))? {
            return Err(context::not_begun(&why, lang).into());
        }
        context.say(lang.t("cli.order.acknowledged"));
        return Ok(());
    }
    let open = orders.recover_orphans().await.map_err(|why| context.ledger_failed(&why))?;
    let damaged = orders.damaged_orders().await.map_err(|why| context.ledger_failed(&why))?;
    if let Some(row) = damaged.into_iter().find(|row| Some(row.id) == args.order) {
        return Err(context::not_begun(&NotBegun::DamagedOrder(row), lang).into());
    }
    let ids: Vec<OrderId> = if let Some(id) = args.order {
        vec![id]
    } else {
        // What is only likely is not certain either.
        let unproven = orders.with_ledger(|ledger| ledger.blocking_repeat()).await;
        let unproven = unproven.map_err(|why| context.ledger_failed(&why))?.into_iter();
        let likely = unproven.filter(|order| matches!(order.outcome, Outcome::Likely { .. }));
        open.iter().cloned().chain(likely).map(|order| order.id).collect()
    };
    let before = read(context, &ids).await?;
    // Those that stand for a record by what was reckoned may be open again once its fee is told.
    let reckoned = match args.order {
        Some(_) => Vec::new(),
        None => orders.with_ledger(|ledger| ledger.reckoned()).await.map_err(|why| context.ledger_failed(&why))?,
    };
    if args.order.is_some() && before.is_empty() {
        return Err(unknown_order().into());
    }
    if let (Some(order), true) = (before.first(), args.executed.is_some() || args.not_executed || args.undo) {
        return decide(context, args, order).await;
    }
    if let (Some(order), true) = (before.first(), args.resend) {
        let said = words::order(order, lang);
        context.say(&lang.fill("cli.order.of_order", &[("order", &order.id.0.to_string()), ("text", &said.cause)]));
        return place::send_again(context, order, args).await;
    }
    context.unless_interrupted(join_all(reckoned.iter().map(|id| orders.look(*id)))).await?;
    let reopened = read(context, &reckoned).await?.into_iter().filter(|order| order.outcome.is_unsettled());
    let ids: Vec<OrderId> = ids.into_iter().chain(reopened.map(|order| order.id)).collect();
    let looking = join_all(ids.iter().map(|id| orders.settle(*id, LOOK_UP)));
    let readings = context.unless_interrupted(looking).await?;
    let after = read(context, &ids).await?;
    if after.is_empty() {
        none_open(context, args)?;
        return no_damage(context).await;
    }
    print(&after, args.output.format, lang, context.out)?;
    say_readings(context, &after, &readings)?;
    no_damage(context).await
}

/// Nothing to find out: said in words, with an empty list for programs.
fn none_open(context: &mut CommandContext<'_>, args: &SettleArgs) -> Result<(), End> {
    if args.output.format != Format::Table {
        print::<Order>(&[], args.output.format, context.lang, context.out)?;
    }
    context.say(context.lang.t("cli.order.none_open"));
    Ok(())
}

fn say_readings(context: &mut CommandContext<'_>, orders: &[Order], readings: &[Reading]) -> Result<(), End> {
    let lang = context.lang;
    let mut code = None;
    for (order, reading) in orders.iter().zip(readings) {
        let number = order.id.0.to_string();
        let said = words::order(order, lang);
        let line = lang.fill("cli.order.of_order", &[("order", &number), ("text", &said.cause)]);
        context.say(&line);
        say_candidates(context, order, reading);
        if matches!(reading, Reading::Ledger(_)) {
            code = Some(MACHINE);
        } else if order.outcome.blocks_repeat() {
            code = code.or(Some(UNKNOWN));
            let key = match reading {
                Reading::Settled(_) | Reading::Several(_) => "cli.order.decide_next",
                Reading::OtherKey => "cli.order.other_key_next",
                _ => "cli.order.settle_next",
            };
            let next = lang.fill(key, &[("order", &number)]);
            context.say(&lang.fill("cli.next", &[("text", &next)]));
        }
    }
    code.map_or(Ok(()), |code| Err(End::Said(code)))
}

/// The orders as they stand in the ledger now.
async fn read(context: &CommandContext<'_>, ids: &[OrderId]) -> Result<Vec<Order>, Failure> {
    let (orders, ids) = (context.orders()?, ids.to_vec());
    let found = orders.with_ledger(move |ledger| {
        let found: Result<Vec<_>, _> = ids.into_iter().map(|id| ledger.order(id)).collect();
        Ok(found?.into_iter().flatten().collect())
    });
    found.await.map_err(|why| context.ledger_failed(&why))
}

/// Writes down what the user, who looked it up elsewhere, says of an order.
async fn decide(context: &mut CommandContext<'_>, args: &SettleArgs, order: &Order) -> Result<(), End> {
    let lang = context.lang;
    let number = order.id.0.to_string();
    let decision = match &args.executed {
        Some(id) => Decision::Executed(id.as_deref().map(UntrustedText::from)),
        None if args.undo => Decision::TakenBack,
        None => Decision::NotExecuted(args.despite_record.iter().map(|id| UntrustedText::from(id.as_str())).collect()),
    };
    let said = words::order(order, lang);
    context.say(&lang.fill("cli.order.of_order", &[("order", &number), ("text", &said.cause)]));
    if !args.yes {
        let key = match &decision {
            Decision::NotExecuted(_) => "cli.order.ask_not_executed",
            Decision::Executed(_) => "cli.order.ask_executed",
            Decision::TakenBack => "cli.order.ask_undo",
        };
        let text = lang.fill(key, &[("order", &number)]);
        consent::ask(context, &Question::Word { text, word: TypedWord::yes(lang) }, 0).await?;
    }
    let decided = context.orders()?.decide(order.id, decision, UntrustedText::from("settle")).await;
    let order = match decided {
        Ok(order) => order,
        Err(why) => {
            let code = match &why {
                NotDecided::Busy => NETWORK,
                NotDecided::Ledger(_) => MACHINE,
                NotDecided::Unasked(problem) => exit_code(problem, false),
                _ => BAD_INPUT,
            };
            let failure = Failure::of_words(words::not_decided(&why, lang), lang, code);
            let NotDecided::Fits(records) = &why else { return Err(failure.into()) };
            for record in records {
                context.say(&candidate(order, record, lang));
            }
            let record = records.first().map(|record| record.key.id.excerpt(40)).unwrap_or_default();
            return Err(failure
                .with_next(lang.fill("cli.order.fits_next", &[("order", &number), ("record", &record)]))
                .into());
        }
    };
    print(std::slice::from_ref(&order), args.output.format, lang, context.out)?;
    context.say(&words::order(&order, lang).cause);
    if order.outcome.is_by_hand() {
        let next = lang.fill("cli.order.undo_next", &[("order", &number)]);
        context.say(&lang.fill("cli.next", &[("text", &next)]));
    }
    Ok(())
}
