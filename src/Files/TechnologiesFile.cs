using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files;

/// <summary><c>technologies.yaml</c>: the technologies by the names that the City gave them.</summary>
internal static class TechnologiesFile
{
    private static readonly Form<(string Text, Source Source)> Purpose = Form.Keys("a purpose and its source", keys =>
        (keys.Required("text", Form.Text), keys.Required("source", SourceForm.Source)));

    /// <param name="instruments">The ids of all instruments.</param>
    public static ImmutableArray<Technology> Read(YamlFile file, IReadOnlyCollection<string> instruments)
    {
        var statement = Form.Keys("a row of the City's statement", keys => new StatementRow(
            keys.Required("technology", Form.Text),
            keys.Required("governance", Form.Text),
            keys.Required("instrument", Form.Known("an instrument under instruments/", instruments))));

        var technology = Form.Keys("a technology", keys =>
        {
            var (id, name) = (keys.Required("id", Form.Id), keys.Required("name", Form.Text));
            var purpose = keys.Optional("purpose", Purpose, default);
            return new Technology(id, name, purpose.Text, purpose.Source, keys.Optional("statement", statement!, null));
        });

        var whole = Form.Keys("technologies", keys =>
        {
            var technologies = keys.Required("technologies", Form.ListOf(technology, least: 1));
            keys.EachOnce("technologies", technologies.Select(one => one?.Id));
            return technologies;
        });

        return file.Root is { } root && whole.Read(root, file) is { IsDefault: false } technologies ? technologies : [];
    }
}
