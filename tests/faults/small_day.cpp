#include "tests/faults/small_day.h"

#include <fmt/format.h>

#include "sync/store/attachments.h"
#include "sync/wire/codec.h"
#include "tests/sync/random_operations.h"

namespace doorstep::faults {

namespace {

constexpr std::size_t everything = 100'000'000;

std::string or_error(const Result<std::string>& text) {
    return text.ok() ? *text : "error: " + text.error().text();
}

// Byte for byte, by the clock; not read as operations, which costs more than all the rest.
Result<std::string> facts_of(const Store& store) {
    std::string text;
    TRY_DO(store.sql().query("select o.operation_id, b.body from operation o join operation_body b "
                             "on b.partnership = o.partnership and b.operation_id = o.operation_id "
                             "order by o.hybrid_clock, o.operation_id",
                             {}, [&](const SqlRow& row) {
                                 text += row.uuid(0).text() + " " + row.text(1) + "\n";
                                 return true;
                             }));
    return text;
}

Result<std::string> ids_of(const Store& store) {
    std::string text;
    TRY_DO(store.sql().query("select o.operation_id from operation o join operation_body b "
                             "on b.partnership = o.partnership and b.operation_id = o.operation_id "
                             "where length(b.body) > 0 order by 1",
                             {}, [&](const SqlRow& row) {
                                 text += row.uuid(0).text() + "\n";
                                 return true;
                             }));
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

// The picture itself by its hash.
Result<std::string> attachments_of(Tablet& tablet) {
    if (tablet.sealing == Sealing::none)
        return std::string{};
    const Attachments attachments(*tablet.store);
    TRY(const auto all, attachments.all());
    std::string text;
    for (const auto& one : all) {
        TRY(const auto content, attachments.read(one.id));
        text += fmt::format("attachment {} of {}, kind {}, {} bytes {}\n", one.id.text(),
                            one.questionnaire.text(), static_cast<int>(one.kind), one.bytes,
                            Sha256::of(content.view()).hex());
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
    const auto ids = ids_of(*tablet.store);
    return ids.ok() && ids->find(operation.text()) != std::string::npos;
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
        if (operations_.random().chance(0.15))
            return attach();
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
    // Most are signatures; a photo takes more than one piece.
    Step attach() {
        auto& random = operations_.random();
        const bool photo = random.below(5) == 0;
        std::string content(photo ? 70'000 + random.below(9000) : 600 + random.below(3000), '\0');
        for (auto& byte : content)
            byte = static_cast<char>(random.below(256));
        const auto kind = photo ? AttachmentKind::photo : AttachmentKind::signature;
        const auto id = Uuid::random(random);
        return {"attach",
                [=, draft = *draft_](Tablet& tablet) -> Result<void> {
                    if (tablet.sealing == Sealing::none)
                        return {};
                    TRY_DO(Attachments(*tablet.store).add(id, draft, kind, content));
                    return {};
                },
                [id](Tablet& tablet) {
                    return tablet.sealing == Sealing::none ||
                           Attachments(*tablet.store).sealed_piece(id, 0).ok();
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
    TRY(put_back, store->keep_second_copy(*copy));
    return {};
}

void Tablet::close() {
    store.reset();
    copy.reset();
    sql.reset();
}

std::string Tablet::state() {
    return or_error(facts_of(*store)) + or_error(drafts_of(*store)) + or_error(attachments_of(*this)) +
           or_error(envelopes_of(*store)) + or_error(position_of(*store)) +
           or_error(store->dump_read_model());
}

std::vector<Step> small_day(std::uint64_t seed, std::size_t steps) {
    Planner planner(seed);
    std::vector<Step> plan;
    while (plan.size() < steps)
        plan.push_back(planner.next());
    return plan;
}

std::string outcome(Tablet& tablet) {
    return or_error(ids_of(*tablet.store)) + or_error(drafts_of(*tablet.store)) +
           or_error(attachments_of(tablet)) + or_error(position_of(*tablet.store));
}

}  // namespace doorstep::faults
