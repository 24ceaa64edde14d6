// A questionnaire is opened, or taken up again from its draft.
#include <fmt/format.h>

#include "client/casework/state.h"

namespace doorstep {
namespace {

std::optional<NodeRef> first_question(const FormSession& session) {
    for (const NodeRef node : session.nodes()) {
        const auto view = session.view(node);
        if (view.ok() && view->relevant && view->type != QuestionType::group &&
            view->type != QuestionType::repeat && view->type != QuestionType::hidden)
            return node;
    }
    return std::nullopt;
}

// The questionnaire's id is the one that the form gave its record: an id said once costs half.
std::optional<Uuid> instance_id(const FormSession& session) {
    constexpr std::string_view before = "uuid:";
    for (const AnsweredQuestion& each : session.answered())
        if (each.name == "instanceID" && each.answer.text.starts_with(before))
            return Uuid::parse(std::string_view(each.answer.text).substr(before.size()));
    return std::nullopt;
}

// What the journal says beside the events of the session.
struct Beside {
    OpenQuestionnaire::State& state;
    std::string& stood_on;
    void operator()(const JournalEntry& entry) {
        if (entry.what == JournalEntry::What::language)
            state.language = entry.text;
    }
    void operator()(const journal::Stood& stood) { stood_on = stood.path; }
    void operator()(const journal::Sealed& sealed) { state.sealed.push_back(sealed.bytes); }
    template<class OfTheDecisions>
    void operator()(const OfTheDecisions&) {}
};

Result<History> history_of(Store& store, const Uuid& questionnaire) {
    TRY(const std::vector<DraftLine> kept, Drafts(store).lines(questionnaire));
    History history;
    for (const DraftLine& each : kept) {
        const auto line = journal::decode(each.text);
        const auto taken = line.ok() ? history.take(*line) : line.error();
        if (!taken.ok())
            return Error{taken.error().fault, fmt::format("Line {} of a draft cannot be read.", each.number),
                         taken.error().mend};
    }
    return history;
}

Error form_gone(const DraftHeader& draft) {
    return {Fault::not_found,
            fmt::format("The form {} version {} of this draft cannot be opened on this tablet.",
                        draft.form.id, draft.form.version),
            "The draft is kept. Sync to fetch the form again, or install the questionnaires that it began "
            "with, then resume it."};
}

}  // namespace

Result<std::shared_ptr<const FormDefinition>> Casework::form_of(const DraftHeader& draft) const {
    if (const FormPackage* package = library_.package(draft.form.hash); package && package->form)
        return package->form;
    TRY(const auto xml, Drafts(store_).form_xml(draft.form.hash));
    if (!xml)
        return form_gone(draft);
    const FormPackage kept = open_xform(*xml, fmt::format("{}-{}.xml", draft.form.id, draft.form.version));
    if (!kept.form)
        return form_gone(draft);
    return kept.form;
}

Result<Door> Casework::door_of(const DraftHeader& draft) const {
    TRY(journal::Begun begun, journal::decode_begun(draft.begun));
    return std::move(begun.door);
}

Result<OpenQuestionnaire> Casework::open_questionnaire(const Door& door, const std::string& form_id,
                                                       const std::string& form_version,
                                                       const std::string& language) {
    const auto form = library_.form(form_id, form_version);
    if (!form)
        return Error{Fault::not_found,
                     fmt::format("There is no form {} version {} on this tablet.", form_id, form_version),
                     "Choose another version, or install the questionnaires again."};
    const FormPackage* package = library_.package(form->hash());
    if (!package)
        return Error{Fault::not_found, fmt::format("The text of form {} is missing.", form_id),
                     "Install the questionnaires again."};
    TRY(const auto identity, store_.identity());
    const Circumstances at{language, identity ? identity->tablet : std::string{}, on_duty_.officer};
    TRY(FormSession session, FormSession::begin(form, at, clock_, random_));
    DraftHeader header;
    header.questionnaire = instance_id(session).value_or(Uuid::random(random_));
    header.contact = door.contact;
    header.form = {form->id(), form->version(), form->hash()};
    header.begun = journal::encode(journal::Begun{door, at, session.begun()});
    header.started_ms = header.changed_ms = clock_.now_ms();
    TRY_DO(Drafts(store_).begin(header, package->xml));
    const auto position = first_question(session);
    auto state = std::make_unique<OpenQuestionnaire::State>(
        OpenQuestionnaire::State{store_,
                                 library_,
                                 clock_,
                                 random_,
                                 on_duty_,
                                 header,
                                 door,
                                 std::move(session),
                                 language.empty() ? form->default_language() : language,
                                 position,
                                 {},
                                 {},
                                 {},
                                 {},
                                 {},
                                 false,
                                 {}});
    state->form = form;
    return OpenQuestionnaire(std::move(state));
}

Result<OpenQuestionnaire> Casework::resume(const Uuid& questionnaire) {
    TRY(const auto header, Drafts(store_).find(questionnaire));
    if (!header)
        return Error{Fault::not_found, "There is no such draft on this tablet.",
                     "It was finished, or it is on another tablet."};
    TRY(const auto form, form_of(*header));
    TRY(const journal::Begun begun, journal::decode_begun(header->begun));
    TRY(History history, history_of(store_, questionnaire));
    TRY(FormSession session,
        FormSession::replay(form, begun.at, clock_, random_, begun.entry, history.events()));
    auto state = std::make_unique<OpenQuestionnaire::State>(
        OpenQuestionnaire::State{store_,
                                 library_,
                                 clock_,
                                 random_,
                                 on_duty_,
                                 *header,
                                 begun.door,
                                 std::move(session),
                                 begun.at.language.empty() ? form->default_language() : begun.at.language,
                                 std::nullopt,
                                 {},
                                 {},
                                 {},
                                 {},
                                 {},
                                 false,
                                 {}});
    state->form = form;
    std::string stood_on;
    for (const journal::Line* line : history.counting())
        std::visit(Beside{*state, stood_on}, *line);
    state->decisions = decisions_of(history);
    state->history = std::move(history);
    if (!stood_on.empty())
        state->position = state->session.find(stood_on);
    if (!state->position)
        state->position = first_question(state->session);
    return OpenQuestionnaire(std::move(state));
}

}  // namespace doorstep
