using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Grains;

/// <summary>
/// Lets values of the Domain cross grains without a mark of Orleans on them: inside a silo they are shared as they are, because they
/// cannot change (an architecture test holds that); between silos they travel in the Domain's one JSON form.
/// </summary>
internal sealed class DomainCodec : IGeneralizedCopier, IOptionalDeepCopier
{
    public static void AddTo(ISerializerBuilder serializer)
    {
        serializer.AddJsonSerializer(
            isSerializable: IsValue,
            isCopyable: _ => false,
            options => options.Configure(json => json.SerializerOptions = Json.Options)
        );
        serializer.Services.AddSingleton<IGeneralizedCopier, DomainCodec>();
    }

    public bool IsSupportedType(Type type) => IsValue(type);

    public bool IsShallowCopyable() => true;

    [return: NotNullIfNotNull(nameof(input))]
    public object? DeepCopy(object? input, CopyContext context) => input;

    private static bool IsValue(Type type) =>
        (type.Assembly == typeof(Json).Assembly || type.Assembly == typeof(DomainCodec).Assembly)
        && type.Namespace!.StartsWith("SurveillanceRegistry", StringComparison.Ordinal)
        && !typeof(IAddressable).IsAssignableFrom(type);
}
