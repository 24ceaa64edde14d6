// The same page in the five languages of the form, so that none is second class.
#include "tests/client/screens/samples_in_languages.h"

namespace doorstep::samples {

namespace {

SpokenPage english() {
    return {
        "English (en)",
        "Smoke alarms",
        "Is there a working smoke alarm on every floor? (press to test if invited in)",
        "Shall we ask the fire service to supply and fit free alarms?",
        "What worries you around here?",
        "Select all that fit, or None of these.",
        "Before we start",
        "We are the Safer Streets team. Police, the fire service, trading standards, the council and "
        "voluntary groups work in it together. We call at homes to help people stay safe.",
        "You do not have to answer. You can skip a question or stop at any time, and no service changes if "
        "you do. We write down your answers on this tablet. We keep answers for 12 months, and requests for "
        "help for 24 months.",
        "You would like the fire service to supply and fit free smoke alarms.",
        {{"every_floor_tested", "Yes on every floor, tested now"},
         {"every_floor_untested", "Yes on every floor, not tested"},
         {"some_floors", "On some floors only"},
         {"none", "No working alarm"},
         {"unsure", "It is not clear"}},
        {{"supply_and_fit", "Yes, supply and fit"}, {"supply_only", "Supply only"}, {"no", "No"}},
        {{"yes", "Yes"}, {"no", "No"}}};
}

SpokenPage arabic() {
    return {"Arabic (ar)",
            "أجهزة إنذار الدخان",
            "هل يوجد جهاز إنذار دخان يعمل في كل طابق؟ (نضغط للتجربة إذا دعيتمونا للدخول)",
            "هل نطلب من خدمة الإطفاء إعطاءكم أجهزة إنذار مجانية وتركيبها؟",
            "ما الذي يقلقكم في هذا الحي؟",
            "اختاروا كل ما ينطبق، أو لا شيء من هذه.",
            "قبل أن نبدأ",
            "نحن فريق الشوارع الآمنة (Safer Streets). تعمل فيه معا الشرطة وخدمة الإطفاء وهيئة معايير التجارة "
            "والبلدية ومجموعات تطوعية. نزور البيوت لنساعد الناس على البقاء آمنين.",
            "لستم مضطرين للإجابة. يمكنكم ترك أي سؤال أو التوقف في أي وقت، ولن تتغير أي خدمة بسبب ذلك. نكتب "
            "إجاباتكم على هذا الجهاز. نحتفظ بالإجابات 12 شهرا، وبطلبات المساعدة 24 شهرا.",
            "تودون أن تعطيكم خدمة الإطفاء أجهزة إنذار دخان مجانية وتركبها.",
            {{"every_floor_tested", "نعم في كل طابق، وجرّبناها الآن"},
             {"every_floor_untested", "نعم في كل طابق، ولم نجرّبها"},
             {"some_floors", "في بعض الطوابق فقط"},
             {"none", "لا يوجد جهاز إنذار يعمل"},
             {"unsure", "الأمر غير واضح"}},
            {{"supply_and_fit", "نعم، إعطاؤها وتركيبها"}, {"supply_only", "إعطاؤها فقط"}, {"no", "لا"}},
            {{"yes", "نعم"}, {"no", "لا"}}};
}

SpokenPage chinese() {
    return {
        "Chinese Simplified (zh-Hans)",
        "烟雾报警器",
        "每层楼都有能用的烟雾报警器吗？（如果请我们进屋，可按键测试）",
        "要我们请消防队免费提供并安装报警器吗？",
        "这一带有什么让您担心？",
        "请选择所有符合的，或选以上都没有。",
        "开始之前",
        "我们是更安全街道(Safer Streets) "
        "小组。警察、消防队、贸易标准局、市政府和志愿团体在这里一起工作。我们上门是为了帮助大家保持安全。",
        "您不必回答。您可以跳过任何问题，也可以随时停止，这不会影响您得到的任何服务。我们把您的回答记在这台"
        "平板电脑上。回答保存 12 个月，求助请求保存 24 个月。",
        "您想请消防队免费提供并安装烟雾报警器。",
        {{"every_floor_tested", "每层都有，刚才测试过"},
         {"every_floor_untested", "每层都有，没有测试"},
         {"some_floors", "只有部分楼层有"},
         {"none", "没有能用的报警器"},
         {"unsure", "不清楚"}},
        {{"supply_and_fit", "好，送来并安装"}, {"supply_only", "只送来"}, {"no", "否"}},
        {{"yes", "是"}, {"no", "否"}}};
}

SpokenPage polish() {
    return {
        "Polish (pl)",
        "Czujniki dymu",
        "Czy na każdym piętrze jest działający czujnik dymu? (po zaproszeniu do środka: nacisnąć, aby "
        "sprawdzić)",
        "Czy mamy poprosić straż pożarną o bezpłatne czujniki i ich montaż?",
        "Co Państwa niepokoi w tej okolicy?",
        "Proszę zaznaczyć wszystko, co pasuje, albo Żadne z nich.",
        "Zanim zaczniemy",
        "Jesteśmy zespołem Safer Streets. Pracują w nim razem policja, straż pożarna, inspekcja handlowa "
        "(Trading Standards), urząd gminy i grupy wolontariuszy. Odwiedzamy domy, aby pomagać ludziom czuć "
        "się bezpiecznie.",
        "Nie muszą Państwo odpowiadać. Można pominąć pytanie lub przerwać w każdej chwili i żadna usługa "
        "się przez to nie zmieni. Zapisujemy odpowiedzi na tym tablecie. Odpowiedzi trzymamy 12 miesięcy, a "
        "prośby o pomoc 24 miesiące.",
        "Chcą Państwo, aby straż pożarna dostarczyła i zamontowała bezpłatne czujniki dymu.",
        {{"every_floor_tested", "Tak, na każdym piętrze, sprawdzone teraz"},
         {"every_floor_untested", "Tak, na każdym piętrze, niesprawdzone"},
         {"some_floors", "Tylko na niektórych piętrach"},
         {"none", "Nie ma działającego czujnika"},
         {"unsure", "Nie jest to jasne"}},
        {{"supply_and_fit", "Tak, dostarczyć i zamontować"},
         {"supply_only", "Tylko dostarczyć"},
         {"no", "Nie"}},
        {{"yes", "Tak"}, {"no", "Nie"}}};
}

SpokenPage punjabi() {
    return {
        "Punjabi (pa)",
        "ਧੂੰਏਂ ਦੇ ਅਲਾਰਮ",
        "ਕੀ ਹਰ ਮੰਜ਼ਿਲ 'ਤੇ ਧੂੰਏਂ ਦਾ ਚਾਲੂ ਅਲਾਰਮ ਹੈ? (ਜੇ ਅੰਦਰ ਬੁਲਾਇਆ ਜਾਵੇ ਤਾਂ ਦਬਾ ਕੇ ਟੈਸਟ ਕਰੋ)",
        "ਕੀ ਅਸੀਂ ਫਾਇਰ ਸਰਵਿਸ ਨੂੰ ਮੁਫ਼ਤ ਅਲਾਰਮ ਦੇਣ ਅਤੇ ਲਗਾਉਣ ਲਈ ਕਹੀਏ?",
        "ਇੱਥੇ ਆਲੇ-ਦੁਆਲੇ ਤੁਹਾਨੂੰ ਕਿਸ ਗੱਲ ਦੀ ਚਿੰਤਾ ਹੈ?",
        "ਜੋ ਵੀ ਠੀਕ ਹੋਵੇ ਸਭ ਚੁਣੋ, ਜਾਂ ਇਹਨਾਂ ਵਿੱਚੋਂ ਕੋਈ ਨਹੀਂ।",
        "ਸ਼ੁਰੂ ਕਰਨ ਤੋਂ ਪਹਿਲਾਂ",
        "ਅਸੀਂ ਸੇਫ਼ਰ ਸਟ੍ਰੀਟਸ (Safer Streets) ਟੀਮ ਹਾਂ। ਇਸ ਵਿੱਚ ਪੁਲਿਸ, ਫਾਇਰ ਸਰਵਿਸ, ਟ੍ਰੇਡਿੰਗ ਸਟੈਂਡਰਡਜ਼, ਕੌਂਸਲ ਅਤੇ ਸਵੈ-ਸੇਵੀ ਸਮੂਹ "
        "ਮਿਲ ਕੇ ਕੰਮ ਕਰਦੇ ਹਨ। ਅਸੀਂ ਲੋਕਾਂ ਨੂੰ ਸੁਰੱਖਿਅਤ ਰਹਿਣ ਵਿੱਚ ਮਦਦ ਕਰਨ ਲਈ ਘਰਾਂ ਵਿੱਚ ਜਾਂਦੇ ਹਾਂ।",
        "ਜਵਾਬ ਦੇਣਾ ਜ਼ਰੂਰੀ ਨਹੀਂ ਹੈ। ਤੁਸੀਂ ਕੋਈ ਵੀ ਸਵਾਲ ਛੱਡ ਸਕਦੇ ਹੋ ਜਾਂ ਕਦੇ ਵੀ ਰੁਕ ਸਕਦੇ ਹੋ, ਇਸ ਨਾਲ ਕੋਈ ਸੇਵਾ ਨਹੀਂ ਬਦਲੇਗੀ। ਅਸੀਂ ਤੁਹਾਡੇ "
        "ਜਵਾਬ ਇਸ ਟੈਬਲੇਟ 'ਤੇ ਲਿਖਦੇ ਹਾਂ। ਜਵਾਬ 12 ਮਹੀਨੇ ਅਤੇ ਮਦਦ ਦੀਆਂ ਬੇਨਤੀਆਂ 24 ਮਹੀਨੇ ਰੱਖੀਆਂ ਜਾਂਦੀਆਂ ਹਨ।",
        "ਤੁਸੀਂ ਚਾਹੁੰਦੇ ਹੋ ਕਿ ਫਾਇਰ ਸਰਵਿਸ ਧੂੰਏਂ ਦੇ ਮੁਫ਼ਤ ਅਲਾਰਮ ਦੇਵੇ ਅਤੇ ਲਗਾਵੇ।",
        {{"every_floor_tested", "ਹਾਂ ਹਰ ਮੰਜ਼ਿਲ 'ਤੇ, ਹੁਣੇ ਟੈਸਟ ਕੀਤਾ"},
         {"every_floor_untested", "ਹਾਂ ਹਰ ਮੰਜ਼ਿਲ 'ਤੇ, ਟੈਸਟ ਨਹੀਂ ਕੀਤਾ"},
         {"some_floors", "ਸਿਰਫ਼ ਕੁਝ ਮੰਜ਼ਿਲਾਂ 'ਤੇ"},
         {"none", "ਕੋਈ ਚਾਲੂ ਅਲਾਰਮ ਨਹੀਂ"},
         {"unsure", "ਸਾਫ਼ ਪਤਾ ਨਹੀਂ"}},
        {{"supply_and_fit", "ਹਾਂ, ਦਿਓ ਅਤੇ ਲਗਾਓ"}, {"supply_only", "ਸਿਰਫ਼ ਦਿਓ"}, {"no", "ਨਹੀਂ"}},
        {{"yes", "ਹਾਂ"}, {"no", "ਨਹੀਂ"}}};
}

}  // namespace

const std::vector<SpokenPage>& spoken_pages() {
    static const std::vector<SpokenPage> all{english(), arabic(), chinese(), polish(), punjabi()};
    return all;
}

}  // namespace doorstep::samples
