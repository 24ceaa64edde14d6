#include "tests/simulation/sim_tablet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "sync/store/sqlite_connection.h"
#include "sync/tablet/carry_out.h"
#include "sync/wire/codec.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

namespace {

constexpr std::int64_t exchange_timeout_ms = 30'000;

template<class T>
T must(Result<T> result, const std::string& what) {
    if (!result.ok()) {
        fmt::print(stderr, "{}: {}\n", what, result.error().text());
        std::exit(2);
    }
    return std::move(result).value();
}

}  // namespace

SimTablet::SimTablet(World& world, int number, std::int64_t skew_ms)
    : world_(world), name_(fmt::format("tab-{:02}", number)), clock_(world.clock, skew_ms),
      random_(world.plan.seed * 104'729 + static_cast<std::uint64_t>(number)), officer_(number, random_),
      sql_(must(open_sqlite(":memory:"), name_)) {
    const auto enrolled = must(world.endpoint().enrol(name_), name_);
    enrolment_ = enrolled.enrolment;
    token_ = enrolled.token;
    store_.emplace(must(Store::open(*sql_, StoreRole::tablet, clock_, random_), name_));
    if (!store_->enrol({enrolment_, name_, "http://127.0.0.1:8080", token_, {}}).ok())
        std::exit(2);
    start();
}

SimTablet::~SimTablet() = default;

void SimTablet::start() {
    ++life_;
    events_.clear();
    store_.emplace(must(Store::open(*sql_, StoreRole::tablet, clock_, random_), name_));
    engine_.emplace(random_);
    feed(Begin{must(store_->position(), name_), enrolment_, clock_.now_ms()});
}

void SimTablet::crash() {
    world_.trace(name_ + " crashes");
    check_cursor(world_, *this);
    start();
}

bool SimTablet::crashes_here() {
    const bool would = random_.chance(0.03);
    return would && !calm_ && world_.plan.faults.count(Fault::tablet_crash) != 0;
}

void SimTablet::work() {
    auto transaction = must(store_->begin(), name_);
    const auto kept = must(transaction.append(officer_.next(clock_.now_ms())), name_);
    if (!transaction.commit().ok())
        std::exit(2);
    for (const auto& operation : kept) {
        world_.model.facts[operation.id] = {enrolment_, operation.sequence, wire::encode(operation)};
        if (const auto* raised = std::get_if<ReferralRaised>(&operation.payload))
            world_.model.referrals.insert(raised->referral);
    }
    world_.trace(fmt::format("{} keeps {} through {}", name_, kept.size(), kept.back().sequence));
    feed(FactsKept{kept.back().sequence, clock_.now_ms()});
}

void SimTablet::sync_now() {
    world_.trace(name_ + " is asked to sync");
    feed(SyncNow{clock_.now_ms()});
}

// Events queue up behind the one in hand, as they do on a real tablet's one thread.
void SimTablet::feed(Event event) {
    events_.push_back(std::move(event));
    if (feeding_)
        return;
    feeding_ = true;
    bool crashed = false;
    while (!events_.empty() && !crashed) {
        const Event next = std::move(events_.front());
        events_.pop_front();
        for (const Effect& effect : engine_->step(next)) {
            carry(effect);
            crashed = crashes_here();
            if (crashed)
                break;
        }
    }
    feeding_ = false;
    if (crashed)
        crash();
}

void SimTablet::carry(const Effect& effect) {
    const auto life = life_;
    if (const auto* wake = std::get_if<WakeAt>(&effect)) {
        world_.after(std::max<std::int64_t>(wake->at_ms - clock_.now_ms(), 0), [this, life] {
            if (life == life_)
                feed(Woken{clock_.now_ms()});
        });
        return;
    }
    if (const auto* request = std::get_if<SendRequest>(&effect))
        return send(*request);
    if (const auto* page = std::get_if<KeepPage>(&effect))
        if (mistaken_page(*page))
            return;
    if (auto answer = carry_out(effect, *store_))
        events_.push_back(std::move(*answer));
}

void SimTablet::send(const SendRequest& request) {
    const auto life = life_;
    world_.trace(fmt::format("{} sends {} #{} ({} bytes)", name_, request.request.path.substr(0, 10),
                             request.attempt, request.request.body.size()));
    world_.after(exchange_timeout_ms, [this, life, request] {
        if (life == life_)
            hear(request, Error{doorstep::Fault::unreachable, "The endpoint did not answer in time.", ""}, {},
                 false);
    });
    auto outward = world_.network.out(request.request);
    for (const auto after : outward.arrives_after_ms)
        world_.after(after, [this, request, outward] {
            if (outward.instead)
                return come_home(request, *outward.instead);
            world_.endpoint().arrive(outward.request, token_, [this, request](Result<HttpReply> answer) {
                come_home(request, std::move(answer));
            });
        });
}

void SimTablet::come_home(const SendRequest& request, Result<HttpReply> answer) {
    const auto life = life_;
    const auto whole = answer.ok() ? *answer : HttpReply{};
    auto homeward = answer.ok() ? world_.network.home(*answer) : Homeward{{20}, answer, false};
    for (const auto after : homeward.arrives_after_ms)
        world_.after(after, [this, life, request, homeward, whole] {
            if (life == life_)
                hear(request, homeward.reply, whole, homeward.cut_unseen);
        });
}

void SimTablet::hear(const SendRequest& request, Result<HttpReply> reply, const HttpReply& whole,
                     bool cut_unseen) {
    world_.trace(fmt::format("{} hears {} on lane {} #{}", name_, reply.ok() ? reply->status : 0,
                             static_cast<int>(request.lane), request.attempt));
    mistaken_retry(reply, request.lane);
    if (mistaken_acknowledgement(reply, request.lane))
        return;
    if (cut_unseen && mistaken_whole(whole, request.lane))
        return;
    feed(Replied{request.lane, request.attempt, std::move(reply), clock_.now_ms()});
}

// --- the deliberate mistakes ---------------------------------------------------

bool SimTablet::mistaken_page(const KeepPage& page) {
    if (world_.plan.mutant != Mutant::cursor_before_page)
        return false;
    auto empty = page.page;
    empty.operations.clear();
    if (!store_->keep_page(empty).ok() || crashes_here())
        return true;
    auto again = page.page;
    const auto stands = must(store_->position(), name_);
    again.from = stands.cursor;
    const auto kept = store_->keep_page(again);
    const auto position = store_->position();
    events_.push_back(
        Kept{Lane::pull, kept.ok() ? position : Result<SyncPosition>(kept.error()), clock_.now_ms()});
    return true;
}

void SimTablet::mistaken_retry(const Result<HttpReply>& reply, Lane lane) {
    if (world_.plan.mutant != Mutant::new_id_on_retry || reply.ok() || lane != Lane::push)
        return;
    const auto stands = must(store_->position(), name_);
    std::vector<Operation> again;
    for (const auto& [id, fact] : world_.model.facts)
        if (fact.enrolment == enrolment_ && fact.sequence > stands.acked_through && again.size() < 3) {
            again.push_back(must(wire::decode(fact.bytes), name_));
            again.back().id = Uuid{};
        }
    auto transaction = must(store_->begin(), name_);
    if (!again.empty() && transaction.append(std::move(again)).ok())
        static_cast<void>(transaction.commit());
}

bool SimTablet::mistaken_acknowledgement(const Result<HttpReply>& reply, Lane lane) {
    if (world_.plan.mutant != Mutant::believe_any_200 || !reply.ok() || reply->status != 200 ||
        lane != Lane::push)
        return false;
    const auto stands = must(store_->position(), name_);
    wire::PushReply believed;
    believed.epoch = stands.epoch.value_or(Uuid{});
    believed.acked_through = stands.last_sequence;
    believed.chain = must(store_->chain_at(stands.last_sequence), name_);
    const auto kept = store_->acknowledge(believed);
    crash();
    return kept.ok();
}

bool SimTablet::mistaken_whole(const HttpReply& whole, Lane lane) {
    if (world_.plan.mutant != Mutant::ignore_truncation || lane != Lane::pull)
        return false;
    auto page = wire::decode_pull_reply(whole.body);
    if (!page.ok() || page->operations.empty())
        return false;
    page->operations.resize(page->operations.size() / 2);
    if (!store_->keep_page(*page).ok())
        return false;
    crash();
    return true;
}

}  // namespace doorstep::simulation
