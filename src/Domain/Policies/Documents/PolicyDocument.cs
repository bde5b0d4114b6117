using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Policies.Documents;

/// <summary>The kinds of document that policy staff keep.</summary>
public enum DocumentKind
{
    City,
    Chapters,
    Wording,
    Technology,
    Instrument,
}

/// <summary>
/// One thing that policy staff keep and change as a whole: an instrument with its versions, a technology, the words of one language, the
/// city, the chapters that may be cited. Two documents that say the same have the same <see cref="Body"/>.
/// </summary>
/// <param name="Id">Id within its kind; a language for wordings; <c>city</c> and <c>chapters</c> for the two that stand alone.</param>
/// <param name="Body">What it says: the Domain's one JSON form.</param>
public sealed record PolicyDocument(DocumentKind Kind, string Id, string Body)
{
    /// <summary>The id of the one document of kinds that have only one.</summary>
    public const string CityId = "city",
        ChaptersId = "chapters";

    /// <summary>What bodies say, read once for each document: neither ever changes.</summary>
    private static readonly ConditionalWeakTable<PolicyDocument, object> Values = [];

    /// <summary>Reads nothing but what a document may hold.</summary>
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

    /// <summary>The document of a kind that a JSON text says, however it is laid out.</summary>
    /// <exception cref="JsonException">It does not have the shape of that kind, or a member that no such document has; the message says
    /// where.</exception>
    public static PolicyDocument Read(DocumentKind kind, string json) =>
        kind switch
        {
            DocumentKind.City => For(Strictly<City>(json)),
            DocumentKind.Chapters => For(Strictly<KnownChapters>(json)),
            DocumentKind.Wording => For(Strictly<Wording>(json)),
            DocumentKind.Technology => For(Strictly<Technology>(json)),
            _ => For(Strictly<Instrument>(json)),
        };

    /// <summary>What the body says. <typeparamref name="T"/> must be the type of the kind.</summary>
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

    private static T Strictly<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, Strict) ?? throw new JsonException("Expected an object, not null.");

    private static string Canonical<T>(T value) => JsonSerializer.Serialize(value, Json.Options);
}
