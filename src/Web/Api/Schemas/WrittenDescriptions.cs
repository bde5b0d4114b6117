using System.Collections.Frozen;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SurveillanceRegistry.Web.Api.Schemas;

/// <summary>
/// What the documentation comments of the serialised types say, for the API document. The compiler writes them to a file beside each
/// assembly; without the file the document has no descriptions of members and is otherwise the same.
/// </summary>
internal static partial class WrittenDescriptions
{
    private const string Own = ":SurveillanceRegistry.";

    private static readonly FrozenDictionary<string, XElement> Types = new[] { typeof(WrittenDescriptions), typeof(Domain.Json) }
        .SelectMany(type => Read(type.Assembly))
        .ToFrozenDictionary(member => (string)member.Attribute("name")!, StringComparer.Ordinal);

    /// <summary>What a type is; null when nothing is written.</summary>
    public static string? Of(Type type) => Types.TryGetValue(NameOf(type), out var written) ? Text(written.Element("summary")) : null;

    /// <summary>What a member of a type is; null when nothing is written.</summary>
    public static string? Of(Type type, string member) =>
        Types.TryGetValue(NameOf(type), out var written)
        && written.Elements("param").FirstOrDefault(one => (string?)one.Attribute("name") == member) is { } parameter
            ? Text(parameter)
        : Types.TryGetValue($"P:{NameOf(type)[2..]}.{member}", out var property) ? Text(property.Element("summary"))
        : null;

    private static IEnumerable<XElement> Read(Assembly assembly)
    {
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        // Generated code beside the types of the program is in the same file.
        return File.Exists(file)
            ? XDocument
                .Load(file)
                .Descendants("member")
                .Where(member => ((string?)member.Attribute("name"))?.Contains(Own, StringComparison.Ordinal) == true)
            : [];
    }

    private static string NameOf(Type type) =>
        "T:" + ((type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName ?? type.Name).Replace('+', '.');

    /// <summary>The text in one line; names of types and members as code.</summary>
    private static string? Text(XElement? written)
    {
        if (written is null)
            return null;
        var parts = written
            .Nodes()
            .Select(node =>
                node switch
                {
                    XElement { Name.LocalName: "see" or "paramref" } reference => LastPart(
                        (string?)reference.Attribute("cref") ?? (string?)reference.Attribute("name") ?? ""
                    ),
                    XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                    XElement other => other.Value,
                    _ => node.ToString(),
                }
            );
        return Blanks().Replace(string.Concat(parts), " ").Trim() is { Length: > 0 } text ? text : null;
    }

    private static string LastPart(string reference) => reference[(reference.LastIndexOf('.') + 1)..];

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
