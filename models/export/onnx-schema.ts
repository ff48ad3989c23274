import protobuf from 'protobufjs';

/**
 * The messages of ONNX that a model of ours needs, with the field numbers of the standard
 * (github.com/onnx/onnx, onnx/onnx.proto, Apache-2.0; IR version 8).
 */
const PROTO = `
syntax = "proto2";
message ModelProto {
  optional int64 ir_version = 1;
  optional string producer_name = 2;
  optional string producer_version = 3;
  optional string doc_string = 6;
  optional GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
  repeated StringStringEntryProto metadata_props = 14;
}
message OperatorSetIdProto { optional string domain = 1; optional int64 version = 2; }
message StringStringEntryProto { optional string key = 1; optional string value = 2; }
message GraphProto {
  repeated NodeProto node = 1;
  optional string name = 2;
  repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
}
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  optional string name = 3;
  optional string op_type = 4;
  optional string domain = 7;
  repeated AttributeProto attribute = 5;
}
message AttributeProto {
  optional string name = 1;
  optional int64 i = 3;
  repeated int64 ints = 8;
  repeated bytes strings = 9;
  optional int32 type = 20;
}
message TensorProto {
  repeated int64 dims = 1;
  optional int32 data_type = 2;
  optional string name = 8;
  optional bytes raw_data = 9;
}
message ValueInfoProto { optional string name = 1; optional TypeProto type = 2; optional string doc_string = 3; }
message TypeProto { optional TypeProtoTensor tensor_type = 1; }
message TypeProtoTensor { optional int32 elem_type = 1; optional TensorShapeProto shape = 2; }
message TensorShapeProto { repeated Dimension dim = 1; }
message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; }
`;

const ModelProto = protobuf.parse(PROTO, { keepCase: true }).root.lookupType('ModelProto');

/** Types of tensor elements (TensorProto.DataType) and of attributes (AttributeProto.AttributeType). */
export const ELEMENT = { int64: 7, string: 8, double: 11 } as const;
export const ATTRIBUTE = { int: 2, ints: 7, strings: 8 } as const;

/** The bytes of an ONNX model; throws where a field is not one of the messages'. */
export function encodeModel(model: { readonly [field: string]: unknown }): Uint8Array {
  const problem = ModelProto.verify(model);
  if (problem !== null) throw new TypeError(`not an ONNX model: ${problem}`);
  return ModelProto.encode(ModelProto.fromObject(model)).finish();
}
