using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary><c>technologies.yaml</c>: the technologies by the names that the City gave them.</summary>
internal static class TechnologiesFile
{
    private static readonly FieldSchema<(string Text, Source Source)> Purpose = FieldSchema.Map(
        "a purpose and its source",
        keys => (keys.Required("text", FieldSchema.Text), keys.Required("source", SourceSchema.Source))
    );

    /// <summary>Returns the technologies; empty when the file could not be read.</summary>
    /// <param name="instruments">The ids of all instruments.</param>
    public static ImmutableArray<Technology> Read(YamlFile file, IReadOnlyCollection<string> instruments)
    {
        var technology = Technology(instruments);
        var schema = FieldSchema.Map(
            "technologies",
            keys =>
            {
                var technologies = keys.Required("technologies", FieldSchema.ListOf(technology, minItems: 1));
                keys.RequireDistinct("technologies", technologies.Select(item => item?.Id));
                return technologies;
            }
        );
        return file.Root is { } root && schema.Read(root, file) is { IsDefault: false } technologies ? technologies : [];
    }

    private static FieldSchema<Technology> Technology(IReadOnlyCollection<string> instruments)
    {
        var statement = FieldSchema.Map(
            "a row of the City's statement",
            keys => new StatementRow(
                keys.Required("technology", FieldSchema.Text),
                keys.Required("governance", FieldSchema.Text),
                keys.Required("instrument", FieldSchema.Known("an instrument under instruments/", instruments))
            )
        );
        return FieldSchema.Map(
            "a technology",
            keys =>
            {
                var id = keys.Required("id", FieldSchema.Id);
                keys.OptionalValue("revision", RevisionKey.Number);
                var name = keys.Required("name", FieldSchema.Text);
                var purpose = keys.Optional("purpose", Purpose, default);
                var row = keys.Optional("statement", statement!, null);
                return new Technology(id, name, purpose.Text, purpose.Source, row)
                {
                    IsRetired = keys.Optional("retired", FieldSchema.Flag, false),
                };
            }
        );
    }
}
