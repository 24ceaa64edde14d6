#include "sync/endpoint/foreseen.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sync/endpoint/concerns.h"
#include "sync/endpoint/endpoint.h"
#include "sync/store/endpoint_seal.h"
#include "sync/store/subject_keys.h"
#include "sync/wire/declared_bytes.h"
#include "sync/wire/limits.h"
#include "sync/wire/signed_text.h"

namespace doorstep {

namespace {

// What opening it takes; nothing of one that is over its own bound, which is not expanded.
std::size_t expanded_size(const wire::Envelope& plain) {
    if (plain.body.starts_with('{'))
        return plain.body.size();
    const auto declared = wire::declared_bytes(plain.body);
    return declared && *declared <= limits::envelope_bytes_max ? *declared : 0;
}

std::optional<std::vector<wire::OpenedOperation>> open_or_keep(const wire::Envelope& envelope,
                                                               const KeyPair* sealing,
                                                               const wire::PhraseBooks& books,
                                                               ExpandedBytes& room) {
    std::vector<wire::OpenedOperation> facts;
    if (wire::is_forgotten(envelope))
        return facts;  // its tablet was told to forget it; what is left of it stands here or in no backup
    std::size_t written_out = 0;
    const auto plain = unsealed(envelope, sealing, books, &written_out);
    if (!room.take(plain.ok() ? std::max(written_out, expanded_size(*plain)) : written_out))
        return std::nullopt;
    auto opened =
        plain.ok() ? wire::open_envelope(*plain) : Result<std::vector<wire::OpenedOperation>>(plain.error());
    if (opened.ok())
        return std::move(*opened);
    wire::OpenedOperation unreadable;
    unreadable.sequence = envelope.first_sequence;
    unreadable.json = envelope.body.empty() ? "empty" : envelope.body;
    unreadable.problem = opened.error().what;
    facts.push_back(std::move(unreadable));
    return facts;
}

// Nobody else's seals are opened, and nothing that the route would not look at.
bool is_wanted_ahead(const Foreseen& foreseen, const EndpointRequest& request) {
    return foreseen.good && request.method == "POST" && request.target == "/v1/push" &&
           request.body.size() <= limits::push_bytes_max && request.content_encoding.empty();
}

// False: there is no room for its frame.
bool decode_ahead(Foreseen& foreseen, const EndpointRequest& request, ExpandedBytes& room) {
    if (foreseen.push)
        return true;
    const auto declared = wire::declared_bytes(request.body);
    const auto bytes = declared && *declared <= limits::frame_bytes_max ? *declared : 0;
    if (!room.take(bytes))
        return false;
    foreseen.held += bytes;
    foreseen.push = wire::decode_push_request(request.body);
    return true;
}

// False: there is no room.  All of it is opened, or nothing.
bool open_ahead(Foreseen& foreseen, const WorkingKeys* keys, const wire::PhraseBooks& books,
                ExpandedBytes& room) {
    const auto& push = **foreseen.push;
    if (push.first_sequence > foreseen.acked_through + 1)
        return true;  // a hole before it: its turn says so
    ExpandedBytes of_push(expanded::of_push_max);
    std::vector<OpenedFacts> all;
    std::size_t taken = 0;
    for (const auto& envelope : push.envelopes) {
        auto& here = all.emplace_back();
        if (envelope.last_sequence() <= foreseen.acked_through)
            continue;
        auto opened = open_facts(envelope, keys, books, of_push);
        const auto bytes = of_push.taken() - taken;
        if (!opened || !room.take(bytes)) {
            room.give_back(taken);
            return !opened;  // too much for any push: its turn says so
        }
        taken += bytes;
        here = std::move(*opened);
        for (auto& fact : here.facts)
            fact.packed = SubjectKeys::packed(fact.json);
    }
    foreseen.held += taken;
    foreseen.opened = std::move(all);
    return true;
}

}  // namespace

std::vector<RestrictedPart> restricted_of(std::span<const wire::OpenedOperation> facts,
                                          const WorkingKeys* keys, const wire::PhraseBooks& books) {
    std::vector<RestrictedPart> all;
    for (const auto& one : facts) {
        const auto* finished =
            one.operation ? std::get_if<QuestionnaireFinished>(&one.operation->payload) : nullptr;
        if (!finished)
            continue;
        TakingConcerns by;
        if (keys != nullptr)
            by = {&keys->sealing, keys->safeguarding};
        if (const auto& words = books.of(finished->form.hash).officers_words(); !words.empty())
            by.words = &words;
        auto parts = parts_to_keep(by, one.operation->subject, *finished);
        all.insert(all.end(), std::make_move_iterator(parts.begin()), std::make_move_iterator(parts.end()));
    }
    return all;
}

std::optional<OpenedFacts> open_facts(const wire::Envelope& envelope, const WorkingKeys* keys,
                                      const wire::PhraseBooks& books, ExpandedBytes& room) {
    auto facts = open_or_keep(envelope, keys ? &keys->sealing : nullptr, books, room);
    if (!facts)
        return std::nullopt;
    OpenedFacts opened{std::move(*facts), {}};
    opened.restricted = restricted_of(opened.facts, keys, books);
    return opened;
}

void work_out(Foreseen& foreseen, const EndpointRequest& request, const WorkingKeys* keys,
              const wire::PhraseBooks& books, ExpandedBytes& room) {
    if (!foreseen.worked_out) {
        foreseen.worked_out = true;
        const auto mark = wire::read(request.mark);
        foreseen.good =
            mark && verify(foreseen.key, wire::request_purpose,
                           wire::request_text(request.method, request.target, request.body, request.mark),
                           mark->signature);
    }
    foreseen.postponed = false;
    if (!is_wanted_ahead(foreseen, request))
        return;
    if (!decode_ahead(foreseen, request, room))
        foreseen.postponed = true;
    else if (foreseen.push->ok())
        foreseen.postponed = !open_ahead(foreseen, keys, books, room);
}

}  // namespace doorstep
