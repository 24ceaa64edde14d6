// Undo and redo: what was undone is as if it had never been, for every form and whatever
// is done to it.
#include <algorithm>

#include "client/casework/casework.h"
#include "client/casework/journal.h"
#include "sync/store/sqlite_connection.h"
#include "sync/vault/sealed_box.h"
#include "tests/properties/filling.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

constexpr int steps = 20;

// One questionnaire of a random form, on a tablet in memory.
struct Sitting {
    ManualClock clock{1'370'696'700'000, 60};
    SeededRandom random;
    Library library;
    std::unique_ptr<SqlConnection> sql;
    std::unique_ptr<Store> store;
    std::unique_ptr<Casework> casework;
    std::unique_ptr<OpenQuestionnaire> open;

    explicit Sitting(std::uint64_t seed) : random(seed) {
        library.packages.push_back(open_xform(random_form(random), "random.xml"));
        RC_ASSERT(static_cast<bool>(library.packages[0].form));
        Agency agency;
        agency.code = "fire";
        library.directory.agencies.push_back(agency);
        library.directory.offers.push_back({"purse_bell", "purse_bell", {}});
        auto opened = open_sqlite(":memory:");
        RC_ASSERT(opened.ok());
        sql = std::move(*opened);
        auto kept = Store::open(*sql, StoreRole::tablet, clock, random);
        RC_ASSERT(kept.ok());
        store = std::make_unique<Store>(std::move(*kept));
        TabletIdentity identity;
        identity.enrolment = Uuid::random(random);
        identity.tablet = "tab-01";
        identity.endpoint = "http://127.0.0.1:1";
        identity.seed = std::string(64, 'a');
        identity.safeguarding_key = KeyPair::make().public_key.bytes;
        RC_ASSERT(store->enrol(identity).ok());
        casework = std::make_unique<Casework>(*store, library, clock, random, OnDuty{"off-1", "", "team-1"});
    }

    void begin() {
        const auto& form = *library.packages[0].form;
        const Door door{Uuid::random(random), Uuid::random(random), Uuid::random(random), "BE", "BE-1", {}};
        auto begun = casework->open_questionnaire(door, form.id(), form.version());
        RC_ASSERT(begun.ok());
        open = std::make_unique<OpenQuestionnaire>(std::move(*begun));
    }

    void close_and_open() {
        const Uuid id = open->id();
        open.reset();
        auto again = casework->resume(id);
        RC_ASSERT(again.ok());
        open = std::make_unique<OpenQuestionnaire>(std::move(*again));
    }
};

std::vector<NodeRef> askable(const FormSession& session, bool repeats) {
    std::vector<NodeRef> all;
    for (const NodeRef node : session.nodes(true)) {
        const QuestionView view = *session.view(node);
        if (view.type != QuestionType::group && view.type != QuestionType::hidden &&
            repeats == (view.type == QuestionType::repeat))
            all.push_back(node);
    }
    return all;
}

void answer(Sitting& at, const Act& one) {
    const auto nodes = askable(at.open->session(), false);
    if (nodes.empty())
        return;
    const NodeRef node = nodes[one.where % nodes.size()];
    const bool given = one.kind == AnswerKind::given;
    (void)at.open->answer(node, given ? Answer::given(one.text) : Answer{one.kind, {}});
}

void add_or_remove(Sitting& at, const Act& one) {
    const auto nodes = askable(at.open->session(), true);
    if (nodes.empty())
        return;
    const NodeRef node = nodes[one.where % nodes.size()];
    const std::string path = at.open->session().view(node)->path;
    if (one.what == Act::What::remove)
        (void)at.open->remove_repeat(node);
    else if (!path.ends_with("[6]"))
        (void)at.open->add_repeat(path.substr(0, path.rfind('[')));
}

void decide(Sitting& at, const Act& one) {
    switch (one.where % 4) {
    case 0:
        (void)at.open->add_referral("fire", "because " + one.text);
        return;
    case 1:
        (void)at.open->refuse("fire");
        return;
    case 2:
        (void)at.open->set_offer("purse_bell", OfferStatus::accepted, 1 + one.where % 5);
        return;
    default:
        (void)at.open->undecide_offer("purse_bell");
    }
}

void do_one(Sitting& at, Random& dice) {
    const Act one = random_act(dice);
    at.clock.advance_ms(dice.chance(0.1) ? 60'000 : 500);
    const std::uint64_t turn = dice.below(10);
    if (turn < 3 && at.open->can_undo())
        return RC_ASSERT(at.open->undo().ok());
    if (turn == 3 && at.open->can_redo())
        return RC_ASSERT(at.open->redo().ok());
    if (turn == 4)
        return decide(at, one);
    switch (one.what) {
    case Act::What::language:
        (void)at.open->set_language(one.where % 2 == 0 ? "pl" : "en");
        return;
    case Act::What::hide:
        (void)at.open->answer(*at.open->session().find("gate"),
                              Answer::given(one.where % 2 == 0 ? "shut" : "open"));
        return;
    case Act::What::add:
    case Act::What::remove:
        return add_or_remove(at, one);
    case Act::What::close:
        return at.close_and_open();
    default:
        return answer(at, one);
    }
}

// The acts that count, read from the journal by another way than casework does: one list
// of lines per act, moved between two piles.
std::vector<JournalEntry> effective(Sitting& at) {
    struct Numbered {
        std::size_t number;
        JournalEntry entry;
    };
    std::vector<std::vector<Numbered>> done, undone;
    std::vector<Numbered> always;
    std::size_t number = 0;
    const auto lines = Drafts(*at.store).lines(at.open->id());
    RC_ASSERT(lines.ok());
    for (const DraftLine& each : *lines) {
        const auto read = journal::decode(each.text);
        RC_ASSERT(read.ok());
        ++number;
        if (std::holds_alternative<journal::Undone>(read->line)) {
            undone.push_back(done.back());
            done.pop_back();
            continue;
        }
        if (std::holds_alternative<journal::Redone>(read->line)) {
            done.push_back(undone.back());
            undone.pop_back();
            continue;
        }
        const auto* entry = std::get_if<JournalEntry>(&read->line);
        std::vector<Numbered> line;
        if (entry)
            line.push_back({number, *entry});
        if (read->part == journal::Part::beside) {
            always.insert(always.end(), line.begin(), line.end());
            continue;
        }
        undone.clear();
        if (read->part == journal::Part::act)
            done.emplace_back();
        if (read->kept)
            line.at(0).entry.now.text =
                *journal::lengthened(entry->now.text, *read->kept, done.back().back().entry.now.text);
        done.back().insert(done.back().end(), line.begin(), line.end());
    }
    for (const auto& act : done)
        always.insert(always.end(), act.begin(), act.end());
    std::sort(always.begin(), always.end(),
              [](const Numbered& left, const Numbered& right) { return left.number < right.number; });
    std::vector<JournalEntry> entries;
    for (const Numbered& one : always)
        entries.push_back(one.entry);
    return entries;
}

void as_if_never_done(Sitting& at) {
    const FormSession& session = at.open->session();
    const auto same = FormSession::replay(at.library.packages[0].form, {}, at.clock, at.random,
                                          session.begun(), effective(at));
    RC_ASSERT(same.ok());
    RC_ASSERT(session.dump() == same->dump());
    RC_ASSERT(session.dump() == session.dump_from_scratch());
}

std::string seen(const OpenQuestionnaire& open) {
    std::string text = open.session().dump();
    for (const ProposedReferral& each : open.referrals())
        text += "\n" + each.agency + std::to_string(static_cast<int>(each.decision)) +
                (each.because.empty() ? "" : each.because.back().reason);
    for (const ProposedOffer& each : open.offers())
        text += "\n" + each.code + std::to_string(each.quantity);
    return text;
}

void back_and_forth(Sitting& at) {
    const std::string before = seen(*at.open);
    int back = 0;
    for (; at.open->can_undo(); ++back)
        RC_ASSERT(at.open->undo().ok());
    as_if_never_done(at);
    at.close_and_open();
    for (; back > 0; --back)
        RC_ASSERT(at.open->redo().ok());
    RC_ASSERT(seen(*at.open) == before);
}

}  // namespace

TEST_CASE("what was undone is as if it had never been, and done again as if never undone; a restart in "
          "between changes nothing",
          "[properties][undo]") {
    holds("undone, done again, restarted", [] {
        Sitting at(*any_seed());
        at.begin();
        for (const std::uint64_t step : *any_seeds(steps)) {
            SeededRandom dice(step);
            do_one(at, dice);
            if (dice.chance(0.1)) {
                RC_ASSERT(at.open->leave_officers_page().ok());
                as_if_never_done(at);
            }
        }
        RC_ASSERT(at.open->leave_officers_page().ok());
        as_if_never_done(at);
        const std::string last = seen(*at.open);
        at.close_and_open();
        RC_ASSERT(seen(*at.open) == last);
        back_and_forth(at);
    });
}
