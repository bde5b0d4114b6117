using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Web.Api.Schemas;

/// <summary>The JSON Schemas of query parameters. Each call makes a new one, because a document owns its schemas.</summary>
internal static class ParameterForms
{
    public static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    public static OpenApiSchema Day() => new() { Type = JsonSchemaType.String, Format = "date" };

    public static OpenApiSchema Instant() => new() { Type = JsonSchemaType.String, Format = "date-time" };

    public static OpenApiSchema DayOrInstant() => new() { AnyOf = [Day(), Instant()] };

    public static OpenApiSchema Boolean() => new() { Type = JsonSchemaType.Boolean };

    /// <summary>The number of an entry or a row.</summary>
    public static OpenApiSchema Number() =>
        new()
        {
            Type = JsonSchemaType.Integer,
            Format = "int64",
            Minimum = "0",
        };

    /// <summary>A number from 1 to a maximum.</summary>
    public static OpenApiSchema Count(int max) =>
        new()
        {
            Type = JsonSchemaType.Integer,
            Format = "int32",
            Minimum = "1",
            Maximum = max.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>One of some words.</summary>
    public static OpenApiSchema OneOf(IEnumerable<string> words) =>
        new() { Type = JsonSchemaType.String, Enum = [.. words.Select(word => (JsonNode)word)] };

    public static OpenApiSchema OneOf<T>()
        where T : struct, Enum => OneOf(Enum.GetValues<T>().Select(Json.Word));

    /// <summary>Several words of an enum, with commas between them.</summary>
    public static OpenApiSchema Words<T>()
        where T : struct, Enum => new() { Type = JsonSchemaType.Array, Items = OneOf<T>() };
}
