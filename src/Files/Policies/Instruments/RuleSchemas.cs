using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies.Instruments;

/// <summary>The forms of rules. They are built once, because a table has many rows.</summary>
/// <param name="technologies">The ids of <c>technologies.yaml</c>; null when that file could not be read.</param>
/// <param name="departments">The ids of <c>city.yaml</c>; null when that file could not be read.</param>
internal sealed class RuleSchemas(IReadOnlyCollection<string>? technologies, IReadOnlyCollection<string>? departments)
{
    private static readonly FieldSchema<int> Days = FieldSchema.Number(0, PolicyValidator.MaxDays);
    private static readonly FieldSchema<int> Months = FieldSchema.Number(1, PolicyValidator.MaxMonths);
    private static readonly FieldSchema<int> Years = FieldSchema.Number(1, PolicyValidator.MaxYears);

    private static readonly string[] LengthKeys = ["days", "months", "years", "event"];

    private static readonly FieldSchema<Retention> Retention = FieldSchema.Map(
        "how long recordings stay",
        keys =>
        {
            var retention = new Retention(
                keys.Required("bound", FieldSchema.OneOf<RetentionBound>()),
                keys.OptionalValue("days", Days),
                keys.OptionalValue("event", FieldSchema.OneOf<RetentionEvent>()),
                keys.Optional("data_class", FieldSchema.Text),
                keys.Optional("note", FieldSchema.Text)
            )
            {
                Months = keys.OptionalValue("months", Months),
                Years = keys.OptionalValue("years", Years),
            };
            string[] lengths = [.. LengthKeys.Where(keys.Has)];
            if (lengths.Length != 1)
                keys.Report(
                    lengths.Length == 0 ? "none of 'days', 'months', 'years' and 'event'" : $"'{lengths[0]}' beside '{lengths[1]}'",
                    "one of 'days', 'months', 'years' and 'event'"
                );
            return retention;
        }
    );

    private static readonly FieldSchema<RequiredNotice> Notice = FieldSchema.Map(
        "a duty to tell the public",
        keys => new RequiredNotice(keys.Required("duty", FieldSchema.OneOf<NoticeDuty>()), keys.OptionalValue("days", Days))
    );

    private static readonly FieldSchema<RecordsAccess> RecordsAccess = FieldSchema.Map(
        "access to records",
        keys => new RecordsAccess(keys.Required("access", FieldSchema.OneOf<RecordsAccessKind>()), keys.Optional("text", FieldSchema.Text))
    );

    private static readonly FieldSchema<ImmutableArray<Capture>> Captures = FieldSchema.ListOf(FieldSchema.OneOf<Capture>());
    private static readonly FieldSchema<ImmutableArray<Retention>> Retentions = FieldSchema.ListOf(Retention);
    private static readonly FieldSchema<ImmutableArray<RequiredNotice>> Notices = FieldSchema.ListOf(Notice);
    private static readonly FieldSchema<ImmutableArray<string>> Texts = FieldSchema.ListOf(FieldSchema.Text);

    private readonly FieldSchema<string> _technology = FieldSchema.Known("a technology of technologies.yaml", technologies);
    private readonly FieldSchema<string> _department = FieldSchema.Known("a department of city.yaml", departments);
    private readonly FieldSchema<ImmutableArray<string>> _departments = FieldSchema.ListOf(
        FieldSchema.Known("a department of city.yaml", departments)
    );

    /// <summary>The rules of a version, by technology; at least one.</summary>
    public FieldSchema<ImmutableArray<Rule>> Rules
    {
        get
        {
            var rules = FieldSchema.Map("what it says of each technology", ReadRules);
            return new(
                rules.Expected,
                (node, file) =>
                {
                    if (node is YamlMap { Entries.IsEmpty: true })
                        file.Report(node, "nothing governed", "at least one technology");
                    return rules.Read(node, file) is { IsDefault: false } read ? read : [];
                },
                Placeholder: []
            );
        }
    }

    private ImmutableArray<Rule> ReadRules(YamlKeys keys) =>
        [
            .. keys.All()
                .Select(entry =>
                {
                    var technology = _technology.Read(entry.Key, keys.File);
                    return RuleOf(technology).Read(entry.Value, keys.File);
                }),
        ];

    /// <summary>The rule of a technology.</summary>
    public FieldSchema<Rule> RuleOf(string technology) =>
        FieldSchema.Map(
            "what may be captured, how long it stays, what the public is told",
            keys =>
            {
                var rule = new Rule(
                    technology,
                    keys.Required("capture", Captures),
                    keys.Optional("retention", Retentions, []),
                    keys.Optional("notice", Notices, []),
                    keys.Optional("records_access", RecordsAccess, new RecordsAccess(RecordsAccessKind.NotKnown)),
                    keys.Optional("departments", _departments, []),
                    keys.Optional("pauses", FieldSchema.Flag, false),
                    keys.Optional("note", FieldSchema.Text),
                    keys.Optional("purposes", Texts, []),
                    keys.Optional("prohibited_uses", Texts, []),
                    keys.Optional("sharing", FieldSchema.Text),
                    keys.Optional("owner", _department),
                    keys.OptionalValue("review_by", FieldSchema.Day)
                );
                keys.RequireDistinct("capture");
                if (rule.Pauses && !rule.Capture.IsEmpty)
                    keys.Report("capture", "captures beside 'pauses: true'", "an empty list: what pauses a technology allows nothing");
                return rule;
            }
        );
}
