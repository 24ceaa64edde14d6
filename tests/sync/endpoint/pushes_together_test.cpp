// Pushes of a batch that go in together: what comes of it is what would come of each by itself.
#include "sync/endpoint/pushes_together.h"

#include <cstdlib>
#include <deque>
#include <sstream>

#include "sync/endpoint/erasure.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/endpoint/centre.h"
#include "tests/sync/endpoint/counting_sql.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

// What a centre has to do with, counted.
struct CountedCentre : Centre {
    CountingSql counting{sql};
    TemporaryFolder folder;
    ErasureList list{folder.file("erasures.list")};

    explicit CountedCentre(bool works_ahead) {
        auto opened = Endpoint::open(counting, directory, clock, random);
        REQUIRE(opened.ok());
        REQUIRE(opened->use_keys(same_keys()).ok());
        endpoint = std::make_unique<Endpoint>(std::move(*opened));
        if (works_ahead)
            endpoint->work_ahead();
    }
};

// A season of several tablets, with all that can go wrong; the same for each centre with the same seed.
class Season {
public:
    static constexpr std::size_t tablets = 8;

    // In every other season little goes wrong.
    Season(CountedCentre& centre, std::uint64_t seed)
        : centre_(centre), random_(seed), calm_(seed % 2 == 0 ? 1 : 10) {
        for (std::size_t i = 0; i < tablets; ++i) {
            hands_.emplace_back(centre, fmt::format("tab-{:02}", i + 1));
            sent_.push_back(0);
        }
        for (int i = 0; i < 6; ++i)
            homes_.push_back(Uuid::random(random_));
    }

    std::vector<EndpointRequest> batch() {
        std::vector<EndpointRequest> all;
        for (std::size_t i = 0; i < 12; ++i)
            all.push_back(request(calm_ > 1 ? i % tablets : random_.below(tablets)));
        if (random_.below(4) == 0)
            all.push_back(all[random_.below(all.size())]);
        return all;
    }
    const Uuid& home(std::size_t nth) const { return homes_[nth]; }

private:
    bool one_in(std::uint64_t n) { return random_.below(n) == 0; }
    Uuid of(std::vector<Uuid>& known, std::uint64_t seldom) {
        if (!known.empty() && one_in(seldom * calm_))
            return known[random_.below(known.size())];
        return known.emplace_back(Uuid::random(random_));
    }

    Operation fact(const Uuid& subject, Payload payload) {
        Operation made;
        made.id = of(facts_, 80);
        made.at_ms = centre_.clock.now_ms() - static_cast<std::int64_t>(random_.below(60'000));
        made.hybrid_clock = static_cast<std::uint64_t>(made.at_ms) << 16;
        made.subject = subject;
        made.payload = std::move(payload);
        if (one_in(25 * calm_))
            made.supersedes = facts_[random_.below(facts_.size())];
        return made;
    }
    Operation contact(const Uuid& home) {
        ContactRecorded recorded;
        recorded.contact = of(contacts_, 12);
        recorded.visit = Uuid::random(random_);
        recorded.household = home;
        recorded.area = one_in(40 * calm_) ? std::string("B\0", 2) : one_in(2) ? "BE" : "SX";
        recorded.outcome = one_in(3) ? ContactOutcome::completed : ContactOutcome::no_answer;
        recorded.day = Day::of(2013, 6, 8);
        return fact(home, recorded);
    }
    Operation finish(const Uuid& home) {
        QuestionnaireFinished finished;
        finished.questionnaire = Uuid::random(random_);
        finished.contact = of(contacts_, 3);
        finished.form = {"safer_streets", "1", {}};
        finished.complete = true;
        finished.day = Day::of(2013, 6, 8);
        if (one_in(4)) {
            MediaItem item;
            item.id = Uuid::random(random_);
            item.sha256 = Sha256::of(item.id.text());
            item.length = 100;
            item.pieces = 1;
            item.kind = AttachmentKind::signature;
            item.required_for = "send";
            item.file_key = std::string(32, 'k');
            finished.media.push_back(item);
        }
        return fact(home, finished);
    }
    Operation offer(const Uuid& home) {
        OfferMade made;
        made.offer = Uuid::random(random_);
        made.contact = of(contacts_, 3);
        made.code = "alarm";
        made.day = Day::of(2013, 6, 8);
        return fact(home, made);
    }
    Operation raise(const Uuid& home) {
        ReferralRaised raised;
        raised.referral = of(referrals_, 15);
        raised.contact = of(contacts_, 3);
        raised.household = home;
        raised.agency = one_in(6) ? "nobody" : "fire";
        raised.urgency = one_in(3) ? "soon" : "routine";
        raised.agreement.given_by = one_in(30 * calm_) ? "" : "resident";
        raised.agreement.channel = one_in(3) ? "signature" : "spoken";
        raised.day = Day::of(2013, 6, 8);
        return fact(home, raised);
    }
    Operation some_fact() {
        const auto& home = homes_[random_.below(homes_.size())];
        switch (random_.below(22)) {
        case 0:
            return fact(home, ContactTakenBack{of(contacts_, 2), of(facts_, 2)});
        case 1: {
            if (!one_in(calm_))
                return offer(home);
            ReferralStateSet set;
            set.referral = of(referrals_, 2);
            set.state = one_in(4) ? ReferralState::completed : ReferralState::withdrawn;
            return fact(home, set);
        }
        case 2: {
            VisitPlanned planned{of(visits_, 6),      "SS",    "safer_streets", one_in(2) ? "BE" : "SX",
                                 Day::of(2013, 6, 8), {"team"}};
            return fact(planned.visit, planned);
        }
        case 3:
        case 4:
            return offer(home);
        default:
            break;
        }
        return one_in(3) ? contact(home) : one_in(2) ? finish(home) : raise(home);
    }

    void keep(Hand& hand) {
        if (one_in(40 * calm_))
            return hand.keep_json({"{\"not\": \"a fact\"}"});
        std::vector<Operation> facts;
        for (auto count = 1 + random_.below(4); count > 0; --count)
            facts.push_back(some_fact());
        hand.keep(std::move(facts));
    }
    EndpointRequest push(Hand& hand, std::size_t from) {
        auto frame = hand.frame(from, hand.envelopes.size());
        if (!one_in(5))
            frame.tablet_time_ms = centre_.clock.now_ms() + (one_in(15 * calm_) ? 3'600'000 : 700);
        if (one_in(40 * calm_))
            frame.epoch_seen = Uuid::random(random_);
        return hand.push_of(frame);
    }
    EndpointRequest request(std::size_t nth) {
        auto& hand = hands_[nth];
        const auto kind = random_.below(24 * calm_);
        if (kind == 0)
            return hand.request("GET", "/v1/tablet");
        if (kind == 1)
            return hand.request("POST", "/v1/push", "no frame");
        if (kind == 2 || kind == 3) {
            auto other = hand;  // its storage was copied, or a signature is forged
            keep(other);
            auto made = push(other, sent_[nth]);
            if (kind == 3)
                made.mark.signature[10] = made.mark.signature[10] == 'A' ? 'B' : 'A';
            return made;
        }
        const auto before = hand.envelopes.size();
        for (auto count = 1 + random_.below(2); count > 0; --count)
            keep(hand);
        if (kind == 4 && hand.envelopes.size() > before + 1)
            return push(hand, before + 1);  // something is missing
        const auto from = kind < 7 && sent_[nth] > 0 ? sent_[nth] - 1 : sent_[nth];
        sent_[nth] = hand.envelopes.size();
        return push(hand, from);
    }

    CountedCentre& centre_;
    SeededRandom random_;
    std::uint64_t calm_;
    std::deque<Hand> hands_{};
    std::vector<std::size_t> sent_{};
    std::vector<Uuid> homes_{};
    std::vector<Uuid> contacts_{};
    std::vector<Uuid> referrals_{};
    std::vector<Uuid> visits_{};
    std::vector<Uuid> facts_{};
};

std::string shown(const SqlValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value))
        return std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&value))
        return "'" + *text + "'";
    const auto* blob = std::get_if<Blob>(&value);
    return blob ? to_hex(blob->bytes) : "null";
}

// All that is kept, but for what a key of its own makes different each time.
std::string everything(CountedCentre& centre) {
    constexpr std::pair<const char*, const char*> tables[] = {
        {"operation", "operation_id, pull_seq, enrolment, tablet_seq, type, type_version, subject, at_ms, "
                      "utc_offset_minutes, hybrid_clock, received_ms, status, reason, patch"},
        {"envelope", "enrolment, first_seq, last_seq, envelope_id, body, chain"},
        {"fork", "operation_id, enrolment, tablet_seq, reason"},
        {"tablet", "enrolment, tablet, acked_seq, chain, unsent, last_seen_ms, durable_seq, suspect_seq, "
                   "request_number, unlocked_ms, clock_off_ms, clock_suspect_ms"},
        {"outbox",
         "referral, agency, operation_id, state, raised_ms, arrived_ms, changed_ms, attempt, way, linked_to, "
         "withdrawal"},
        {"media", "sha256, length, pieces, done_ms"},
        {"media_named", "operation_id, sha256, enrolment, contact, kind, required_for, named_ms"},
        // Of a sum its last 32 bits count.
        {"patch_total",
         "patch, facts, sum_0 % 4294967296, sum_1 % 4294967296, sum_2 % 4294967296, sum_3 % 4294967296"},
        {"partnership_clock", "seq, epoch"},
        {"store_state", "hybrid_clock"},
        {"erasure", "erasure, subject, cause, place"},
        {"erased_operation", "operation_id, erasure, erased_ms"},
        {"branch", "enrolment, of_enrolment, kind, first_seq, last_seq, chain"},
        {"aside_taken", "enrolment, day, bytes"},
        {"subject_key", "subject"},
        {"audit_entry", "number, at_ms, who, what, about, reason"}};
    std::string all;
    std::vector<Uuid> ids;
    for (const auto& [table, columns] : tables) {
        const auto width = std::count(columns, columns + std::string_view(columns).size(), ',') + 1;
        all += fmt::format("{}\n", table);
        REQUIRE(centre.sql
                    .query(fmt::format("select {0} from {1} order by {0}", columns, table), {},
                           [&](const SqlRow& row) {
                               for (int i = 0; i < width; ++i)
                                   all += " " + shown(row.value(i));
                               all += "\n";
                               if (table == std::string_view("operation"))
                                   ids.push_back(row.uuid(0));
                               return true;
                           })
                    .ok());
    }
    for (const auto& id : ids) {
        const auto body = centre.endpoint->store().body(id);
        all += fmt::format("{} {}\n", id.text(), body.ok() ? body->value_or("none") : body.error().what);
    }
    return all + *centre.endpoint->store().dump_read_model(true);
}

// The first line in which they differ; empty: none.
std::string difference(const std::string& one, const std::string& other) {
    std::istringstream first(one);
    std::istringstream second(other);
    std::string table, left, right;
    for (;;) {
        const bool more = static_cast<bool>(std::getline(first, left));
        const bool and_more = static_cast<bool>(std::getline(second, right));
        if (!more && !and_more)
            return {};
        if (more != and_more || left != right)
            return fmt::format("{}\n{}\n{}", table, more ? left : "-", and_more ? right : "-");
        if (!left.starts_with(' '))
            table = left;
    }
}

std::string told(const EndpointResponse& response) {
    return fmt::format("{} {} {} {} {}", response.status, to_hex(response.body), response.retry_after_s,
                       response.signature, response.order);
}

int seeds() {
    const char* wanted = std::getenv("DOORSTEP_TOGETHER_SEEDS");
    return wanted ? std::max(1, std::atoi(wanted)) : 8;
}

// Thirty-two tablets with a home and two referrals each.
std::vector<EndpointRequest> an_evening(CountedCentre& centre, std::deque<Hand>& tablets) {
    std::vector<EndpointRequest> evening;
    for (int i = 0; i < 32; ++i) {
        auto& hand = tablets.emplace_back(centre, fmt::format("tab-{:02}", i + 1));
        hand.keep({visit(centre.random), referral(centre.random, Uuid::random(centre.random), "fire"),
                   referral(centre.random, Uuid::random(centre.random), "fire")});
        evening.push_back(hand.push_of(hand.frame(0, 1)));
    }
    return evening;
}

}  // namespace

TEST_CASE("pushes of a batch are answered and kept as if each had come by itself", "[pushes_together]") {
    std::size_t calm_requests = 0;
    std::size_t calm_savepoints = 0;
    for (int seed = 1; seed <= seeds(); ++seed) {
        CountedCentre apart(false);
        CountedCentre together(true);
        Season slow(apart, static_cast<std::uint64_t>(seed));
        Season quick(together, static_cast<std::uint64_t>(seed));
        together.counting.savepoints = 0;
        for (int round = 0; round < 5; ++round) {
            INFO(fmt::format("seed {}, round {}", seed, round));
            const auto one_by_one = slow.batch();
            const auto at_once = quick.batch();
            std::string expected;
            for (const auto& request : one_by_one)
                expected += told(apart.handle(request)) + "\n";
            std::string got;
            for (const auto& response : together.endpoint->handle(at_once))
                got += told(response) + "\n";
            REQUIRE(difference(got, expected) == "");
            REQUIRE(difference(everything(together), everything(apart)) == "");
            calm_requests += seed % 2 == 0 ? 0 : at_once.size();
            if (round == 2 && seed % 2 == 0) {
                const auto first = erase_subject(*apart.endpoint->forgetting(apart.list), slow.home(0));
                const auto second =
                    erase_subject(*together.endpoint->forgetting(together.list), quick.home(0));
                REQUIRE(first.ok() == second.ok());
            }
            apart.clock.advance_ms(60'000);
            together.clock.advance_ms(60'000);
        }
        if (seed % 2 != 0)
            calm_savepoints += static_cast<std::size_t>(together.counting.savepoints);
    }
    // Each that goes by itself makes three.
    CAPTURE(calm_requests, calm_savepoints);
    CHECK(calm_savepoints < 2 * calm_requests);
}

TEST_CASE("a batch of pushes costs a server little more waiting than one", "[pushes_together]") {
    CountedCentre centre(true);
    std::deque<Hand> tablets;
    const auto evening = an_evening(centre, tablets);
    centre.counting.waits = centre.counting.savepoints = 0;
    for (const auto& response : centre.endpoint->handle(evening))
        acknowledged(response);
    CHECK(centre.counting.savepoints == 1);
    if (centre.sql.engine() == SqlConnection::Engine::postgresql)
        CHECK(centre.counting.waits <= 16);
    CHECK(centre.rows("operation") == 96);
    CHECK(centre.rows("outbox") == 64);
}

TEST_CASE("a push that cannot be written takes none of its neighbours along", "[pushes_together]") {
    CountedCentre centre(true);
    std::deque<Hand> tablets;
    auto evening = an_evening(centre, tablets);
    // Its fact is known from another tablet, and stands there with other words.
    Hand first(centre, "tab-known");
    auto known = visit(centre.random);
    first.keep({known});
    acknowledged(first.push(0, 1));
    Hand second(centre, "tab-again");
    std::get<VisitPlanned>(known.payload).label = "other";
    second.keep({known});
    evening.insert(evening.begin() + 7, second.push_of(second.frame(0, 1)));
    const auto responses = centre.endpoint->handle(evening);
    for (std::size_t i = 0; i < responses.size(); ++i)
        CHECK(acknowledged(responses[i]).quarantined.size() == (i == 7 ? 1u : 0u));
    CHECK(centre.rows("fork") == 1);
    CHECK(centre.rows("operation") == 97);
    std::int64_t expected = 0;
    REQUIRE(centre.sql
                .query("select pull_seq from operation order by pull_seq", {},
                       [&](const SqlRow& row) { return row.integer(0) == ++expected; })
                .ok());
    CHECK(expected == 97);
}

TEST_CASE("what a full disk refuses is written later, all of it", "[pushes_together]") {
    CountedCentre centre(true);
    std::deque<Hand> tablets;
    const auto evening = an_evening(centre, tablets);
    centre.sql.full_at_write = true;
    for (const auto& response : centre.endpoint->handle(evening))
        CHECK(response.status == 503);
    CHECK(centre.rows("operation") == 0);
    centre.sql.full_at_write = false;
    for (const auto& response : centre.endpoint->handle(evening))
        acknowledged(response);
    CHECK(centre.rows("operation") == 96);
    for (const auto& response : centre.endpoint->handle(evening))
        CHECK(response.status == 409);
}
