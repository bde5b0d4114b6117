using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary><c>technologies.yaml</c>: the technologies by the names that the City gave them.</summary>
internal static class TechnologiesFile
{
    private static readonly FieldSchema<(string Text, Source Source)> Purpose = FieldSchema.Keys(
        "a purpose and its source",
        keys => (keys.Required("text", FieldSchema.Text), keys.Required("source", SourceSchema.Source))
    );

    /// <param name="instruments">The ids of all instruments.</param>
    public static ImmutableArray<Technology> Read(YamlFile file, IReadOnlyCollection<string> instruments)
    {
        var statement = FieldSchema.Keys(
            "a row of the City's statement",
            keys => new StatementRow(
                keys.Required("technology", FieldSchema.Text),
                keys.Required("governance", FieldSchema.Text),
                keys.Required("instrument", FieldSchema.Known("an instrument under instruments/", instruments))
            )
        );

        var technology = FieldSchema.Keys(
            "a technology",
            keys =>
            {
                var (id, name) = (keys.Required("id", FieldSchema.Id), keys.Required("name", FieldSchema.Text));
                var purpose = keys.Optional("purpose", Purpose, default);
                return new Technology(id, name, purpose.Text, purpose.Source, keys.Optional("statement", statement!, null));
            }
        );

        var whole = FieldSchema.Keys(
            "technologies",
            keys =>
            {
                var technologies = keys.Required("technologies", FieldSchema.ListOf(technology, least: 1));
                keys.EachOnce("technologies", technologies.Select(one => one?.Id));
                return technologies;
            }
        );

        return file.Root is { } root && whole.Read(root, file) is { IsDefault: false } technologies ? technologies : [];
    }
}
