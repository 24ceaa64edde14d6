#include "tests/faults/small_day.h"

#include <fmt/format.h>

#include <algorithm>

#include "sync/wire/codec.h"
#include "tests/sync/random_operations.h"

namespace doorstep::faults {

namespace {

constexpr std::size_t everything = 100'000'000;

std::string or_error(const Result<std::string>& text) {
    return text.ok() ? *text : "error: " + text.error().text();
}

Result<std::string> facts_of(const Store& store) {
    TRY(const auto log, store.log());
    std::string text;
    for (const auto& one : log)
        text += wire::encode(one) + "\n";
    return text;
}

Result<std::string> drafts_of(Store& store) {
    const Drafts drafts(store);
    TRY(const auto headers, drafts.all());
    std::string text;
    for (const auto& header : headers) {
        TRY(const auto lines, drafts.lines(header.questionnaire));
        TRY(const auto xml, drafts.form_xml(header.form.hash));
        text += fmt::format("draft {} {} {}\n", header.questionnaire.text(), header.begun, xml.value_or("-"));
        for (const auto& line : lines)
            text += fmt::format("  {} {}\n", line.number, line.text);
    }
    return text;
}

Result<std::string> envelopes_of(const Store& store) {
    TRY(const auto envelopes, store.unsent(0, everything, everything));
    std::string text;
    for (const auto& one : envelopes)
        text += fmt::format("envelope {} {} {} {}\n", one.id.text(), one.first_sequence, one.count,
                            Sha256::of(one.body).hex());
    return text;
}

Result<std::string> position_of(const Store& store) {
    TRY(const auto stands, store.position());
    return fmt::format("acked {} of {}, cursor {}\n", stands.acked_through, stands.last_sequence,
                       stands.cursor);
}

bool holds(Tablet& tablet, const Uuid& operation) {
    const auto log = tablet.store->log();
    return log.ok() &&
           std::any_of(log->begin(), log->end(), [&](const Operation& one) { return one.id == operation; });
}

Result<void> append(Tablet& tablet, const std::vector<Operation>& facts, const Uuid* draft = nullptr) {
    TRY(auto transaction, tablet.store->begin());
    TRY_DO(transaction.append(facts));
    if (draft)
        TRY_DO(Drafts::remove(transaction, *draft));
    return transaction.commit();
}

// The plan as it is made: what the day has come to so far.
class Planner {
public:
    explicit Planner(std::uint64_t seed) : operations_(seed) {}

    Step next() {
        if (!draft_)
            return operations_.random().chance(0.6) ? begin_draft() : other();
        if (lines_ >= 3 && operations_.random().chance(0.3))
            return finish();
        return operations_.random().chance(0.7) ? line() : other();
    }

private:
    Operation fact() {
        auto one = operations_.one();
        one.sequence = 0;
        one.hybrid_clock = 0;
        return one;
    }
    Step other() {
        switch (operations_.random().below(4)) {
        case 0:
            return record();
        case 1:
            return acknowledge();
        case 2:
            return page();
        default:
            return {"checkpoint", [](Tablet& tablet) { return checkpoint(*tablet.sql); },
                    [](Tablet&) { return false; }};
        }
    }
    Step record() {
        const std::vector<Operation> facts{fact()};
        return {"record", [facts](Tablet& tablet) { return append(tablet, facts); },
                [facts](Tablet& tablet) { return holds(tablet, facts.front().id); }};
    }
    Step begin_draft() {
        DraftHeader header;
        header.questionnaire = Uuid::random(operations_.random());
        header.contact = Uuid::random(operations_.random());
        const std::string xml(operations_.random().below(2) == 0 ? 200 : 9000, 'x');
        header.form = {"safer_streets_doorstep", "2013", Sha256::of(xml)};
        header.begun = "begun";
        draft_ = header.questionnaire;
        lines_ = 0;
        return {"begin draft", [=](Tablet& tablet) { return Drafts(*tablet.store).begin(header, xml); },
                [id = header.questionnaire](Tablet& tablet) {
                    const auto found = Drafts(*tablet.store).find(id);
                    return found.ok() && found->has_value();
                }};
    }
    Step line() {
        const auto number = ++lines_;
        const auto text = fmt::format("answer {}: {}", number, operations_.text());
        return {"answer",
                [id = *draft_, text](Tablet& tablet) -> Result<void> {
                    TRY_DO(Drafts(*tablet.store).keep(id, {text}));
                    return {};
                },
                [id = *draft_, number](Tablet& tablet) {
                    const auto lines = Drafts(*tablet.store).lines(id);
                    return lines.ok() && lines->size() >= number;
                }};
    }
    Step finish() {
        const std::vector<Operation> facts{fact(), fact(), fact()};
        const auto id = *draft_;
        draft_.reset();
        return {"finish", [=](Tablet& tablet) { return append(tablet, facts, &id); },
                [facts](Tablet& tablet) { return holds(tablet, facts.front().id); }};
    }
    Step acknowledge() {
        const auto epoch = epoch_;
        return {"acknowledge",
                [epoch](Tablet& tablet) -> Result<void> {
                    TRY(const auto stands, tablet.store->position());
                    wire::PushReply reply;
                    reply.epoch = epoch;
                    reply.acked_through = stands.last_sequence;
                    TRY(reply.chain, tablet.store->chain_at(stands.last_sequence));
                    return tablet.store->acknowledge(reply);
                },
                [](Tablet&) { return false; }};
    }
    Step page() {
        wire::PullReply page;
        page.epoch = epoch_;
        page.from = cursor_;
        for (int i = 0; i < 3; ++i) {
            auto one = operations_.one();
            page.operations.push_back({++cursor_, one.id, wire::encode(one)});
        }
        page.cursor = cursor_;
        return {"page",
                [page](Tablet& tablet) -> Result<void> {
                    TRY_DO(tablet.store->keep_page(page));
                    return {};
                },
                [to = page.cursor](Tablet& tablet) {
                    const auto stands = tablet.store->position();
                    return stands.ok() && stands->cursor >= to;
                }};
    }

    testing::RandomOperations operations_;
    Uuid epoch_ = Uuid::random(operations_.random());
    std::uint64_t cursor_ = 0;
    std::optional<Uuid> draft_;
    std::uint64_t lines_ = 0;
};

}  // namespace

Tablet::Tablet(std::uint64_t seed, Sealing how) : sealing(how), random(seed) {
    keys.add(1, SecretBytes(std::string(RowKeys::key_size, 'k')));
}

Result<void> Tablet::open(const SqliteOptions& options, const std::string& file) {
    close();
    TRY(sql, sealing == Sealing::rows ? open_sealed(file, keys, options) : open_sqlite(file, options));
    TRY(auto opened, Store::open(*sql, StoreRole::tablet, clock, random));
    store.emplace(std::move(opened));
    if (sealing == Sealing::none || options.view_only)
        return {};
    TRY(auto second, SecondCopy::open(file, options));
    copy.emplace(std::move(second));
    return store->keep_second_copy(*copy);
}

void Tablet::close() {
    store.reset();
    copy.reset();
    sql.reset();
}

std::string Tablet::state() {
    return or_error(facts_of(*store)) + or_error(drafts_of(*store)) + or_error(envelopes_of(*store)) +
           or_error(position_of(*store)) + or_error(store->dump_read_model());
}

std::vector<Step> small_day(std::uint64_t seed, std::size_t steps) {
    Planner planner(seed);
    std::vector<Step> plan;
    while (plan.size() < steps)
        plan.push_back(planner.next());
    return plan;
}

std::string outcome(Tablet& tablet) {
    std::vector<std::string> ids;
    if (const auto log = tablet.store->log(); log.ok())
        for (const auto& one : *log)
            ids.push_back(one.id.text());
    std::sort(ids.begin(), ids.end());
    std::string text;
    for (const auto& id : ids)
        text += id + "\n";
    return text + or_error(drafts_of(*tablet.store)) + or_error(position_of(*tablet.store));
}

}  // namespace doorstep::faults
