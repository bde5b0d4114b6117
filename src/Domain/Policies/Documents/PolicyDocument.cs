using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Policies.Documents;

/// <summary>The kinds of policy document.</summary>
public enum DocumentKind
{
    City,
    Chapters,
    Wording,
    Technology,
    Instrument,
}

/// <summary>
/// A document that policy staff change as a whole: an instrument with its versions, a technology, the notice texts of one language, the
/// city, or the chapters that may be cited. Two documents with equal content have the same <see cref="Body"/>.
/// </summary>
/// <param name="Id">Id within its kind; the language for a wording; <c>city</c> and <c>chapters</c> for the kinds with one
/// document.</param>
/// <param name="Body">The content in the JSON form of <see cref="Json.Options"/>.</param>
public sealed record PolicyDocument(DocumentKind Kind, string Id, string Body)
{
    /// <summary>The id of the one document of kinds that have only one.</summary>
    public const string CityId = "city",
        ChaptersId = "chapters";

    /// <summary>The largest body, in bytes of UTF-8. The database has the same limit.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The deserialized body of each document. Both are immutable, so a body is read once.</summary>
    private static readonly ConditionalWeakTable<PolicyDocument, object> Values = [];

    /// <summary>Options that refuse unknown and missing members.</summary>
    internal static JsonSerializerOptions Strict { get; } =
        new(Json.Options)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectRequiredConstructorParameters = true,
            RespectNullableAnnotations = true,
        };

    public static PolicyDocument For(City city) => new(DocumentKind.City, CityId, Canonical(city));

    public static PolicyDocument For(KnownChapters chapters) => new(DocumentKind.Chapters, ChaptersId, Canonical(chapters));

    public static PolicyDocument For(Wording wording) => new(DocumentKind.Wording, wording.Language, Canonical(wording));

    public static PolicyDocument For(Technology technology) => new(DocumentKind.Technology, technology.Id, Canonical(technology));

    public static PolicyDocument For(Instrument instrument) => new(DocumentKind.Instrument, instrument.Id, Canonical(instrument));

    /// <summary>Reads a document of a kind from JSON with any layout.</summary>
    /// <exception cref="JsonException">It does not have the form of that kind, or has an unknown member. The message says
    /// where.</exception>
    public static PolicyDocument Read(DocumentKind kind, string json) =>
        kind switch
        {
            DocumentKind.City => For(ReadStrictly<City>(json)),
            DocumentKind.Chapters => For(ReadStrictly<KnownChapters>(json)),
            DocumentKind.Wording => For(ReadStrictly<Wording>(json)),
            DocumentKind.Technology => For(ReadStrictly<Technology>(json)),
            DocumentKind.Instrument => For(ReadStrictly<Instrument>(json)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    /// <summary>The deserialized body. <typeparamref name="T"/> must be the type of the kind.</summary>
    public T Value<T>()
        where T : class =>
        (T)Read(
            this,
            document =>
                JsonSerializer.Deserialize<T>(document.Body, Json.Options)
                ?? throw new InvalidOperationException($"The body of {document} is null.")
        );

    public override string ToString() => $"{Json.Word(Kind)} {Id}";

    private static object Read(PolicyDocument document, ConditionalWeakTable<PolicyDocument, object>.CreateValueCallback read) =>
        Values.GetValue(document, read);

    private static T ReadStrictly<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, Strict) ?? throw new JsonException("Expected an object, not null.");

    private static string Canonical<T>(T value) => JsonSerializer.Serialize(value, Json.Options);
}
