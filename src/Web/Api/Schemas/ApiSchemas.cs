using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Web.Api.Schemas;

/// <summary>
/// Completes the schemas that are generated from the serialised types: the words of enums, the values that the domain's converters write,
/// and the members that are always there.
/// </summary>
internal static class ApiSchemas
{
    private const string ListSuffix = "List",
        AnswerSuffix = "Response"; // A reader of the document knows that these are answers.

    /// <summary>The name of a type in the document; null for a type that is written where it is used.</summary>
    public static string? NameOf(JsonTypeInfo type)
    {
        if (type.Type == typeof(JsonObject) || type.Type == typeof(JsonNode) || OpenApiOptions.CreateDefaultSchemaReferenceId(type) is null)
            return null;
        var own = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (own.IsGenericType && own.Name.StartsWith("ItemsResponse", StringComparison.Ordinal))
            return Short(own.GenericTypeArguments[0].Name) + ListSuffix;
        return own.IsGenericType ? null : Short(own.Name);
    }

    public static Task CompleteAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type.IsEnum)
            SetWords(schema, type);
        else if (type == typeof(CaptureReport))
            SetReport(schema);
        else if (type == typeof(CaptureSet))
            (schema.Type, schema.Items) = (JsonSchemaType.Array, ParameterForms.OneOf<Capture>());
        else if (type == typeof(LawDate))
            (schema.Type, schema.Pattern) = (JsonSchemaType.String, "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$");
        else if (type == typeof(Position) || type == typeof(Area))
            SetGeometry(schema, type == typeof(Position) ? ["Point"] : ["Polygon", "MultiPolygon"]);
        else if (type == typeof(PlaceGeometry))
            SetGeometry(schema, ["Point", "Polygon", "MultiPolygon"]);
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object && !type.Name.EndsWith("Body", StringComparison.Ordinal))
            schema.Required = context.JsonTypeInfo.Properties.Where(IsAlwaysWritten).Select(member => member.Name).ToHashSet();
        // A type with a name is described once, whichever member shows it first.
        if (NameOf(context.JsonTypeInfo) is not null)
            schema.Description = WrittenDescriptions.Of(type);
        else if (context.JsonPropertyInfo is { } member)
            DescribeMember(schema, member);
        return Task.CompletedTask;
    }

    private static void DescribeMember(OpenApiSchema schema, JsonPropertyInfo member)
    {
        if (member.AttributeProvider is not System.Reflection.MemberInfo declared)
            return;
        if (declared.IsDefined(typeof(InstantAttribute), false))
            schema.Format = "date-time";
        else if (declared.IsDefined(typeof(DayAttribute), false))
            schema.Format = "date";
        schema.Description = WrittenDescriptions.Of(declared.DeclaringType!, declared.Name) ?? schema.Description;
    }

    private static void SetWords(OpenApiSchema schema, Type type)
    {
        schema.Type = JsonSchemaType.String;
        schema.Enum = [.. Enum.GetNames(type).Select(name => (JsonNode)JsonNamingPolicy.KebabCaseLower.ConvertName(name))];
    }

    private static void SetReport(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Object;
        schema.Properties = Enum.GetValues<Capture>().ToDictionary(Json.Word, IOpenApiSchema (_) => ParameterForms.OneOf<Mode>());
        schema.AdditionalPropertiesAllowed = false;
    }

    /// <summary>A geometry of GeoJSON (RFC 7946), in WGS 84.</summary>
    private static void SetGeometry(OpenApiSchema schema, string[] types)
    {
        schema.Type = JsonSchemaType.Object;
        schema.Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = ParameterForms.OneOf(types),
            ["coordinates"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema() },
        };
        schema.Required = new HashSet<string> { "type", "coordinates" };
    }

    private static bool IsAlwaysWritten(JsonPropertyInfo member) =>
        member.Get is not null
        && member.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), false)
            is not [JsonIgnoreAttribute { Condition: not JsonIgnoreCondition.Never }];

    private static string Short(string name) => name.EndsWith(AnswerSuffix, StringComparison.Ordinal) ? name[..^AnswerSuffix.Length] : name;
}
